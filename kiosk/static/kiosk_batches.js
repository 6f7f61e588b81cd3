/* Batches by tap: choose several and receive or give them at once, or open one and say how many. */
(() => {
  "use strict";
  const IDLE_MS = 90000;
  const LONGEST = 6; // digits

  const screen = document.getElementById("batches");
  const panel = document.getElementById("panel");
  if (!screen) return; // a milestone gives whole orders

  const tell = (kind, detail) => document.dispatchEvent(new CustomEvent(kind, { detail }));

  /* ---- the lists: what is chosen, and which page of them is shown, outlives every update from the server ---- */
  const chosen = { received: new Set(), given: new Set() };
  const pages = { received: 0, given: 0 };

  function rowsOf(lot) { return Math.max(1, Number(getComputedStyle(lot).getPropertyValue("--rows")) || 4); }

  /* What waits for a part stands there, too, and cannot be given. */
  function choosable(lot) {
    return [...lot.querySelectorAll(".card:has([data-choose])")].map((card) => card.dataset.batch);
  }

  function paintLot(lot) {
    const name = lot.dataset.lot;
    const cards = [...lot.querySelectorAll(".card")];
    const there = new Set(choosable(lot));
    for (const batch of chosen[name]) if (!there.has(batch)) chosen[name].delete(batch);
    const rows = rowsOf(lot);
    const last = Math.max(0, Math.ceil(cards.length / rows) - 1);
    pages[name] = Math.min(pages[name], last);
    let units = 0;
    cards.forEach((card, index) => {
      const isChosen = chosen[name].has(card.dataset.batch);
      if (isChosen) units += Number(card.dataset.units);
      card.hidden = Math.floor(index / rows) !== pages[name];
      card.querySelector("[data-choose]")?.setAttribute("aria-pressed", String(isChosen));
    });
    const turn = lot.querySelector("[data-turn]");
    turn.hidden = last === 0;
    turn.querySelector(".lot-page").textContent = `${pages[name] + 1}/${last + 1}`;
    const act = lot.querySelector("[data-act]");
    if (!act) return;
    act.disabled = chosen[name].size === 0;
    act.querySelector(".act-units").textContent = chosen[name].size ? String(units) : "";
    const batches = act.querySelector(".act-batches");
    batches.textContent = chosen[name].size ? batches.dataset.words.replace("{n}", chosen[name].size) : "";
  }

  function paint() {
    seen.disconnect();
    if (!screen.hidden) for (const lot of screen.querySelectorAll(".lot")) paintLot(lot);
    if (panel.querySelector("#sheet")) paintSheet();
    watch();
  }

  const seen = new MutationObserver(paint);
  function watch() {
    seen.observe(screen, { childList: true, subtree: true, attributes: true });
    seen.observe(panel, { childList: true });
  }

  function show(isShown) {
    screen.hidden = !isShown;
    for (const name of Object.keys(chosen)) { chosen[name].clear(); pages[name] = 0; }
    touchedAt = performance.now();
    paint();
  }

  function chooseAll(lot) {
    const all = choosable(lot);
    const picked = chosen[lot.dataset.lot];
    const isAll = all.every((batch) => picked.has(batch));
    picked.clear();
    if (!isAll) for (const batch of all) picked.add(batch);
  }

  function choose(lot, batch) {
    const picked = chosen[lot.dataset.lot];
    if (!picked.delete(batch)) picked.add(batch);
  }

  /* Without the server each batch is kept here by itself, and sent with the rest of what waits. */
  async function keep(kind, codes, word) {
    for (const code of codes) if (!outbox.holds(kind, { code })) await outbox.put(kind, { code }, `${word} ${code}`);
  }

  function act(button, lot) {
    const picked = chosen[lot.dataset.lot];
    if (!outbox.reached || document.body.dataset.fresh === "stale") {
      keep(lot.dataset.lot, [...picked].sort(), button.querySelector("span").textContent);
      picked.clear();
      return;
    }
    tell("kiosk:post", { url: button.dataset.act, values: { batches: [...picked].sort().join(" ") }, button });
    picked.clear();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("openBatches" in button.dataset) show(true);
    else if ("closeBatches" in button.dataset) show(false);
    else if (button.dataset.key) type(button.dataset.key);
    const lot = button.closest(".lot");
    if (!lot) return;
    if ("choose" in button.dataset) choose(lot, button.closest(".card").dataset.batch);
    else if ("chooseAll" in button.dataset) chooseAll(lot);
    else if ("turn" in button.dataset) pages[lot.dataset.lot] = (pages[lot.dataset.lot] + 1) % Number(button.querySelector(".lot-page").textContent.split("/")[1]);
    else if (button.dataset.act) act(button, lot);
    paint();
  });

  window.addEventListener("resize", paint); // an upright tablet has other rows

  let touchedAt = performance.now();
  for (const place of [screen, panel]) place.addEventListener("pointerdown", () => { touchedAt = performance.now(); });
  setInterval(() => { if (!screen.hidden && performance.now() - touchedAt > IDLE_MS) show(false); }, 1000);

  /* ---- the sheet of one batch: nothing typed means all of it ---- */
  let typed = "";
  let typedOf = null; // the form that it was typed into

  const sheet = () => document.getElementById("sheet");
  const what = (form) => form.querySelector("[name=what]:checked");
  const count = (form) => (typed === "" ? Number(form.dataset.units) : Number(typed));

  function paintSheet() {
    const form = sheet();
    if (typedOf !== form) { typed = ""; typedOf = form; }
    if (!what(form)) return; // only to be read
    form.querySelector(".sheet-word").textContent = what(form).dataset.word;
    const isWhole = what(form).value === "split" && count(form) >= Number(form.dataset.units); // a part is less than all
    form.querySelector(".sheet-count").textContent = isWhole ? "?" : String(count(form));
    form.querySelector(".sheet-do").disabled = count(form) === 0 || isWhole;
    form.dataset.what = what(form).value;
  }

  function type(key) {
    if (key === "all") typed = "";
    else if (key === "back") typed = (typed === "" ? sheet().dataset.units : typed).slice(0, -1) || "0";
    else if (typed.length < LONGEST) typed = String(Number(typed + key));
    paintSheet();
  }

  panel.addEventListener("change", (event) => { if (event.target.closest("#sheet")) paintSheet(); });

  function sent(form) {
    const { batch, units } = form.dataset;
    const kind = what(form).value;
    const moves = kind === "received" || kind === "given";
    if (moves) return { kind, values: { batches: batch, ...(count(form) !== Number(units) && { quantity: String(count(form)) }) } };
    if (kind === "split") return { kind, values: { batch, quantity: String(count(form)) } };
    const reason = form.querySelector("[name=reason]:checked")?.value;
    const giver = form.querySelector("[name=giver]:checked");
    return { kind, reason, giver, values: { batch, quantity: String(count(form)), reason, ...(kind === "reject" && { rejected_from: giver.value, ...(form.elements.photo?.value && { photo: form.elements.photo.value }) }) } };
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id !== "sheet") return;
    event.preventDefault();
    event.stopPropagation(); // the panel sends the other forms as they are
    const { kind, reason, giver, values } = sent(form);
    const moves = kind === "received" || kind === "given";
    const isSplit = kind === "split";
    if (!moves && !isSplit && !reason) { tell("kiosk:say", { text: form.dataset.needsReason, result: "refused" }); return; }
    const url = form.getAttribute("action") + (moves || isSplit ? kind : "scrapped");
    const isShort = kind === "received" && count(form) < Number(form.dataset.units);
    if (!isShort && kind !== "reject") { tell("kiosk:post", { url, values, button: event.submitter, sentForm: form }); return; }
    const word = (isShort ? form.dataset.askShort : form.dataset.askReject).replace("{n}", count(form)).replace("{of}", form.dataset.units);
    const from = isShort ? form.dataset.comingFrom : giver.dataset.name;
    tell("kiosk:ask", { url, values, kind: "flag", word, what: form.dataset.askWhat.replace("{batch}", form.dataset.batch).replace("{name}", from), near: form.querySelector(".sheet-do"), sentForm: form });
  }, true);

  watch();
})();
