/* What became of an action: shape, word, an edge around the screen, and a rhythm to hear. */
(() => {
  "use strict";
  const SHOWN_MS = { recorded: 4000, saved: 4000, duplicate: 6000, notice: 6000, refused: 9000 };
  const FLASH_MS = 900;
  const SHAPES = { refused: "#i-refused", saved: "#i-saved" };
  /* [frequency in Hz, start and length in s]: the rhythm tells them apart, not the pitch. */
  const SOUNDS = { recorded: [[880, 0, 0.09]], saved: [[880, 0, 0.09], [880, 0.2, 0.09]], duplicate: [[880, 0, 0.09]], notice: [[880, 0, 0.09]], refused: [[220, 0, 0.38], [220, 0.52, 0.38]] };

  const place = document.getElementById("message-place");
  const panel = document.getElementById("panel");
  let audio = null;
  let hideTimer = 0;
  let flashTimer = 0;

  function sound(result) {
    if (!audio || audio.state !== "running") return;
    for (const [frequency, start, length] of SOUNDS[result] ?? []) {
      const tone = audio.createOscillator();
      const gain = audio.createGain();
      tone.frequency.value = frequency;
      gain.gain.value = 0.25;
      tone.connect(gain).connect(audio.destination);
      tone.start(audio.currentTime + start);
      tone.stop(audio.currentTime + start + length);
    }
  }

  function announce(quiet = false) {
    const result = document.getElementById("message")?.dataset.result;
    if (!result) return;
    place.dataset.shown = result;
    clearTimeout(hideTimer);
    hideTimer = setTimeout(() => { delete place.dataset.shown; }, SHOWN_MS[result] ?? SHOWN_MS.refused);
    if (quiet) return;
    document.body.dataset.flash = result;
    clearTimeout(flashTimer);
    flashTimer = setTimeout(() => { delete document.body.dataset.flash; }, FLASH_MS);
    sound(result);
  }

  /* What the server does not say, or could not say, the page does. */
  function announceHere(text, result = "refused", word = "", quiet = false) {
    const message = document.getElementById("message");
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    shape.setAttribute("class", "icon");
    shape.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", SHAPES[result] ?? "#i-recorded");
    shape.append(use);
    message.className = `message ${result}`;
    message.dataset.result = result;
    const strong = document.createElement("b");
    const said = document.createElement("span");
    strong.textContent = word;
    said.textContent = text;
    message.replaceChildren(shape, ...(word ? [strong, " "] : []), said);
    announce(quiet);
  }

  const isStream = (event) => event.detail.ctx?.sourceElement?.id === "stream";

  document.addEventListener("htmx:after:swap", (event) => {
    // The same sentence twice changes nothing on the page, and has to be said again nevertheless.
    if (!isStream(event) && event.detail.ctx?.text?.includes('id="message"')) announce();
  });
  document.addEventListener("htmx:error", (event) => { if (!isStream(event)) announceHere(place.dataset.noAnswer); });
  document.addEventListener("htmx:response:error", (event) => {
    const { target, response } = event.detail.ctx ?? {};
    if (target === panel && response.status === 404) announceHere(panel.dataset.settled, "notice");
    else if (!isStream(event)) announceHere(place.dataset.failed);
  });
  document.addEventListener("kiosk:say", (event) => announceHere(event.detail.text, event.detail.result, event.detail.word, event.detail.quiet));
  // Browsers allow sound only after a touch.
  document.addEventListener("pointerdown", () => {
    delete place.dataset.shown; // read and done with: the next tap has its own answer
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume();
  });
})();
