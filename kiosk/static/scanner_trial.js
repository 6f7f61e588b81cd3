/* What a scanner types, key by key: its prefix, its end, its pace, and whether the signs are the printed ones. */
(() => {
  "use strict";
  const SLOWEST_MS = 300; // within a frame; without a prefix the pace alone tells a scanner from a person
  const SLOWEST_BARE_MS = 100;
  const SHOWN = 8;
  const NAMELESS = 229;

  const prefix = document.querySelector("[data-prefix]").dataset.prefix;
  const trial = document.getElementById("trial");
  const list = trial.querySelector(".trial-list");
  const words = trial.dataset;
  const printed = [...document.querySelectorAll("[data-code]")];
  let keys = [];
  let timer = 0;

  function report(end) {
    clearTimeout(timer);
    const signs = keys.filter(({ key }) => key.length === 1);
    const text = signs.map(({ key }) => key).join("");
    const hasPrefix = keys.length > 0 && prefix !== "" && keys[0].key === prefix;
    const nameless = keys.some(({ code }) => code === NAMELESS);
    const gaps = keys.slice(1).map(({ at }, index) => at - keys[index].at);
    keys = [];
    if (!text && !nameless) return;
    const slowest = Math.round(Math.max(0, ...gaps));
    const right = printed.find((code) => code.dataset.code === text);
    const near = printed.some((code) => code.dataset.code.length === text.length);
    const faults = [
      nameless && words.nameless,
      !right && near && words.layout,
      prefix && !hasPrefix && words.noPrefix,
      !end && words.noEnd,
      slowest > (hasPrefix ? SLOWEST_MS : SLOWEST_BARE_MS) && words.slow,
    ].filter(Boolean);
    const facts = [hasPrefix && `${words.withPrefix} ${prefix}`, end && `${words.suffix} ${end}`, words.keys.replace("{n}", signs.length).replace("{ms}", slowest)].filter(Boolean);
    if (right && !faults.length) right.dataset.read = "yes";
    show(text, faults.length ? faults : [right ? words.right : words.other], facts, faults.length > 0);
  }

  function show(text, verdicts, facts, bad) {
    trial.querySelector(".trial-none").hidden = true;
    const row = document.createElement("li");
    const read = document.createElement("b");
    row.dataset.result = bad ? "bad" : "good";
    read.textContent = text;
    row.append(read, ` ${verdicts.join("; ")} (${facts.join(", ")})`);
    list.prepend(row);
    while (list.children.length > SHOWN) list.lastElementChild.remove();
  }

  addEventListener("keydown", (event) => {
    const { key } = event;
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (key === "Enter" || key === "Tab") {
      if (!keys.length) return; // a person walks through the page
      event.preventDefault();
      report(key);
      return;
    }
    if (key !== prefix && key.length !== 1 && event.keyCode !== NAMELESS) return;
    event.preventDefault();
    keys.push({ key, code: event.keyCode, at: event.timeStamp });
    clearTimeout(timer);
    timer = setTimeout(() => report(""), 1000);
  }, true);
})();
