/* A scanner that types like a keyboard: its burst becomes one scan, and never presses a button or changes a field. */
(() => {
  "use strict";
  /* Beside a field keys mean nothing else, so a slow scanner has time. In a field only its pace tells it from a person. */
  const FREE = { gapMs: 100, least: 3 };
  const FIELD = { gapMs: 40, least: 6 };
  const ENTER_MS = 300;
  const PART = 3; // so many keys at a scanner's pace are no person
  const QUIET_MS = 1000;
  const MODIFIERS = new Set(["Shift", "CapsLock", "AltGraph"]);

  const prefix = document.querySelector("[data-scanner-prefix]")?.dataset.scannerPrefix ?? "";

  const place = document.getElementById("message-place");
  const typed = document.getElementById("code-entry");
  let burst = null;
  let lost = false; // a part of a code went by: the next end belongs to its rest
  let quiet = 0;

  const focusedField = () => (document.activeElement?.matches?.("input[type=text], textarea") ? document.activeElement : null);
  const tell = (kind, detail) => document.dispatchEvent(new CustomEvent(kind, { detail }));
  const incomplete = (why = place.dataset.unread) => tell("kiosk:say", { text: why, result: "refused" });

  function begin(field) {
    burst = { field, pace: field ? FIELD : FREE, text: "", run: 0, longest: 0, broken: false, swallowed: false, lastAt: 0 };
    if (field) Object.assign(burst, { value: field.value, from: field.selectionStart, to: field.selectionEnd });
  }

  /* Beside a field every key is a scanner's; in one, only what came too fast for a person. */
  const isScan = () => !burst.field || burst.swallowed || burst.longest >= burst.pace.least;

  function restore() {
    const { field, value, from, to } = burst;
    if (!field?.isConnected) return;
    field.value = value;
    field.setSelectionRange(from, to);
  }

  /* What nothing ended: in its place stands what stood there before, and its rest is not taken for a code. */
  function abandon() {
    if (!isScan()) return;
    lost = true;
    restore();
    if (burst.longest >= PART) incomplete(); // one key that somebody leaned on is not worth a flash
  }

  function fellQuiet() {
    if (!burst) return;
    abandon();
    burst = null;
  }

  function follows(field, at) {
    if (!burst) return false;
    const gap = at - burst.lastAt;
    if (gap <= burst.pace.gapMs) return true;
    const sameCode = burst.field ? gap <= ENTER_MS && (burst.longest >= PART || burst.field !== field) : !field;
    if (sameCode) { burst.broken = true; burst.run = 0; }
    return sameCode;
  }

  function character(event, field) {
    if (!follows(field, event.timeStamp)) {
      if (burst) abandon();
      begin(field);
    }
    burst.text += event.key;
    burst.run += 1;
    burst.longest = Math.max(burst.longest, burst.run);
    burst.lastAt = event.timeStamp;
    clearTimeout(quiet);
    quiet = setTimeout(fellQuiet, QUIET_MS);
    if (field && burst.field === field) return;
    burst.swallowed = true;
    swallow(event);
  }

  function end(event, field) {
    const ended = burst;
    const scanned = ended && isScan();
    const whole = scanned && !ended.broken && !lost && event.timeStamp - ended.lastAt <= ENTER_MS && ended.text.length >= ended.pace.least;
    if (scanned || !field) swallow(event);
    else if (event.key === "Enter" && field.form !== typed) event.preventDefault(); // only its button sends a form
    if (scanned) restore();
    clearTimeout(quiet);
    burst = null;
    lost = false;
    if (whole) tell("kiosk:scan", ended.text);
    else if (scanned) incomplete();
  }

  function swallow(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /* ---- a scanner with a prefix opens a frame: all until its end is one code, wherever the cursor is ---- */
  let frame = null;

  function openFrame(at) {
    if (frame?.text) incomplete();
    frame = { text: "", lastAt: at };
    fellQuiet();
    watchFrame();
  }

  function watchFrame() {
    clearTimeout(frame.timer);
    const own = frame;
    frame.timer = setTimeout(() => { if (frame === own) breakFrame(); }, QUIET_MS);
  }

  function breakFrame() {
    const { text } = frame;
    clearTimeout(frame.timer);
    frame = null;
    if (!text) return; // somebody pressed the key
    lost = true;
    incomplete();
  }

  /* Whether the key was the frame's. */
  function framed(event) {
    const late = event.timeStamp - frame.lastAt > ENTER_MS;
    if (late) { breakFrame(); return false; }
    const { key } = event;
    swallow(event);
    if (key === "Enter" || key === "Tab") {
      const { text } = frame;
      clearTimeout(frame.timer);
      frame = null;
      lost = false;
      if (text) tell("kiosk:scan", text);
      return true;
    }
    if (key.length === 1) frame.text += key;
    frame.lastAt = event.timeStamp;
    watchFrame();
    return true;
  }

  window.addEventListener("keydown", (event) => {
    const { key, timeStamp } = event;
    if (prefix && key === prefix) {
      swallow(event);
      if (!event.repeat) openFrame(timeStamp);
      return;
    }
    if (frame && framed(event)) return;
    const field = focusedField();
    const command = (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState("AltGraph");
    const ends = key === "Enter" || key === "Tab";
    if (event.isComposing || (command && key !== "Enter")) return;
    if (ends && event.repeat) swallow(event);
    else if (ends) end(event, field);
    else if (MODIFIERS.has(key)) { if (burst && !event.repeat && timeStamp - burst.lastAt <= burst.pace.gapMs) burst.lastAt = timeStamp; }
    else if (key.length === 1 && !event.repeat) character(event, field);
    else if (field) { if (burst?.field === field && !isScan()) burst = null; } // somebody edits, or holds a key down
    else if (key.length === 1) swallow(event);
  }, true);
})();
