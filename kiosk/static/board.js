/* The board's letters and pages. Letters come from the configured distance; rows never shrink, they take turns. */
(() => {
  "use strict";
  const PAGE_MS = 12000;
  const TURN_MS = 5000;
  const LOUDNESS = ["late", "stands_still", "flagged"];

  const board = document.getElementById("board");
  const rows = document.getElementById("rows");
  const mark = document.getElementById("page-mark");
  const letter = Number(board.dataset.letter);
  if (letter > 0) board.style.setProperty("--letter", String(letter));

  let page = 0;

  function rowsPerPage(slots) {
    if (getComputedStyle(rows).overflowY !== "hidden") return slots.length; // the phone's list scrolls
    const probe = slots.find((slot) => !slot.hidden) ?? slots[0];
    const least = parseFloat(getComputedStyle(probe).minHeight) || 1;
    return Math.max(1, Math.floor((rows.clientHeight + 1) / least));
  }

  function loudest(slots) {
    const states = slots.map((slot) => LOUDNESS.indexOf(slot.firstElementChild?.dataset.state));
    return LOUDNESS[Math.max(-1, ...states)] ?? "";
  }

  /* Words leave the top line before numbers do. */
  function fitCounts() {
    const counts = board.querySelector(".board-counts");
    delete board.dataset.tight;
    if (counts.scrollWidth > counts.clientWidth + 1) board.dataset.tight = "yes";
  }

  /* The sums of a shift grow while the page stands: the columns make room when one gets its fourth digit. */
  function fitNumbers() {
    const figures = [...rows.querySelectorAll(".since-figures")];
    if (figures.some((figure) => /\d{4}/.test(figure.textContent))) board.dataset.numbers = "long";
    else delete board.dataset.numbers;
  }

  const cut = (element) => element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1;

  /* Where rows have one line and a name needs two, all rows get two and there are more pages: no name is cut. */
  function fitWords(slots) {
    delete board.dataset.lines;
    for (const slot of slots) slot.hidden = false;
    if (slots.some((slot) => cut(slot.querySelector("h2")))) board.dataset.lines = "two";
    const turn = board.dataset.turn;
    board.dataset.turn = "state";
    for (const badge of rows.querySelectorAll(".c-state .badge")) {
      delete badge.dataset.tight;
      // A long reason must not take the line that says by when.
      const wraps = badge.nextElementSibling && badge.offsetHeight > 1.7 * parseFloat(getComputedStyle(badge).fontSize);
      if (wraps || cut(badge.querySelector(":scope > span"))) badge.dataset.tight = "yes";
    }
    if (turn) board.dataset.turn = turn;
  }

  function show() {
    fitCounts();
    const slots = [...rows.querySelectorAll(".slot")];
    if (!slots.length) return;
    fitNumbers();
    fitWords(slots);
    const perPage = rowsPerPage(slots);
    const pages = Math.ceil(slots.length / perPage);
    const even = Math.ceil(slots.length / pages); // pages of the same length look calmer than a last page of one row
    page %= pages;
    slots.forEach((slot, index) => { slot.hidden = Math.floor(index / even) !== page; });
    mark.hidden = pages < 2;
    if (pages < 2) return;
    const word = document.createElement("span");
    word.className = "page-word";
    word.textContent = mark.dataset.word.replace("{n}", page + 1).replace("{m}", pages);
    const dots = Array.from({ length: pages }, (_, index) => {
      const dot = document.createElement("span");
      dot.className = index === page ? "page-dot here" : "page-dot";
      dot.dataset.loud = loudest(slots.slice(index * even, (index + 1) * even));
      return dot;
    });
    mark.replaceChildren(word, ...dots);
  }

  setInterval(() => { page += 1; show(); }, PAGE_MS);
  setInterval(() => { board.dataset.turn = board.dataset.turn === "why" ? "state" : "why"; }, TURN_MS);
  new ResizeObserver(show).observe(rows);
  document.addEventListener("htmx:after:swap", show);
  document.fonts.ready.then(show);
  show();
})();
