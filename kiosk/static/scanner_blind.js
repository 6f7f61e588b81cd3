/* Keys that do not say what they are: Android's keyboard (keyCode 229) and input methods that compose words.
   On Android a hidden field that opens no keyboard takes what the scanner types; elsewhere a scan that an input method
   has swallowed is told, and undone. */
(() => {
  "use strict";
  const NAMELESS = 229;
  const PACE_MS = 40;
  const LEAST = 6;
  const GAP_MS = 300;
  const QUIET_MS = 1000;

  const sink = document.getElementById("scan-sink");
  const place = document.getElementById("message-place");
  const tell = (kind, detail) => document.dispatchEvent(new CustomEvent(kind, { detail }));

  /* ---- Android ---- */
  const keepsSink = navigator.userAgent.includes("Android");
  let lastAt = 0;
  let broken = false;
  let quiet = 0;

  const focusSink = () => { if (keepsSink && document.activeElement === document.body) sink.focus({ preventScroll: true }); };

  sink.addEventListener("input", (event) => {
    if (sink.value.length > 1 && event.timeStamp - lastAt > GAP_MS) broken = true;
    lastAt = event.timeStamp;
    clearTimeout(quiet);
    quiet = setTimeout(() => finish(false), QUIET_MS);
  });

  function finish(ended) {
    clearTimeout(quiet);
    const text = sink.value.trim();
    const whole = ended && !broken;
    sink.value = "";
    broken = false;
    if (text && whole) tell("kiosk:scan", text);
    else if (text.length >= 3) tell("kiosk:say", { text: place.dataset.unread, result: "refused" });
  }

  window.addEventListener("keydown", (event) => {
    if (document.activeElement !== sink || !sink.value || (event.key !== "Enter" && event.key !== "Tab")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    finish(event.timeStamp - lastAt <= GAP_MS);
  }, true);
  document.addEventListener("focusout", () => setTimeout(focusSink));
  document.addEventListener("pointerup", () => setTimeout(focusSink));
  focusSink();

  /* ---- an input method in a field ---- */
  let blind = null;

  window.addEventListener("keydown", (event) => {
    const field = document.activeElement;
    if (event.keyCode !== NAMELESS || field === sink || !field?.matches?.("input[type=text], textarea")) return;
    if (!blind || blind.field !== field) blind = { field, value: field.value, run: 0, longest: 0, lastAt: -Infinity };
    blind.run = event.timeStamp - blind.lastAt <= PACE_MS ? blind.run + 1 : 1;
    blind.longest = Math.max(blind.longest, blind.run);
    blind.lastAt = event.timeStamp;
    clearTimeout(blind.timer);
    blind.timer = setTimeout(sweep, GAP_MS);
    if (blind.longest >= LEAST) event.preventDefault();
  }, true);

  function sweep() {
    const { field, value, longest } = blind;
    blind = null;
    if (longest < LEAST) return;
    field.blur(); // ends the composition
    field.value = value;
    tell("kiosk:say", { text: place.dataset.composed, result: "refused" });
  }
})();
