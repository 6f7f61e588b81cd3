/* A scanner that types like a keyboard: its burst becomes one scan, and never presses a button or changes a field. */
(() => {
  "use strict";
  const BURST_GAP_MS = 35;
  const LEAST_LENGTH = 6;

  const form = document.getElementById("code-entry");
  let code = "";
  let lastAt = 0;

  const typing = () => document.activeElement?.matches?.("input[type=text], textarea");

  function submit(text) {
    const field = form.elements.code;
    field.value = text;
    form.requestSubmit();
  }

  window.addEventListener("keydown", (event) => {
    if (typing() || event.ctrlKey || event.altKey || event.metaKey) return;
    const ends = event.key === "Enter" || event.key === "Tab";
    if (event.key.length !== 1 && !ends) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.timeStamp - lastAt > BURST_GAP_MS) code = "";
    lastAt = event.timeStamp;
    if (!ends) { code += event.key; return; }
    const text = code;
    code = "";
    if (text.length >= LEAST_LENGTH) submit(text);
  }, true);
})();
