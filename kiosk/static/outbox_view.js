/* The three states of a scan: saved on this tablet, recorded by the server, refused. None of them goes by unseen. */
(() => {
  "use strict";
  const SOON_MS = 400; // an answer that comes by then is the only thing that is told
  const OLD_MS = 120000;

  const strip = document.getElementById("outbox");
  const list = document.getElementById("outbox-list");
  const sheet = document.getElementById("outbox-sheet");
  const row = document.getElementById("outbox-row");
  const zone = document.querySelector("[data-zone]").dataset.zone;
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

  const untold = new Map(); // live entries by id, with the timer that tells that they are saved
  let late = []; // answers to what was told to be saved, until all of it is answered

  const say = (detail) => document.dispatchEvent(new CustomEvent("kiosk:say", { detail }));
  const time = (at) => clock.format(new Date(at));

  const waitingLong = () => outbox.waiting().filter((entry) => !untold.has(entry.id));

  function tellSaved(entry, loud) {
    const text = `${entry.label || entry.fields.code || ""} ${strip.dataset.saved.replace("{time}", time(entry.at))}`;
    say({ text, result: "saved", word: strip.dataset.savedWord, quiet: !loud });
    if (!loud) return;
    untold.delete(entry.id);
    document.dispatchEvent(new CustomEvent("outbox:told", { detail: { entry, result: "saved" } }));
    show();
  }

  document.addEventListener("outbox:kept", ({ detail: { entry } }) => {
    if (!outbox.reached) { tellSaved(entry, true); return; }
    tellSaved(entry, false);
    untold.set(entry.id, setTimeout(() => tellSaved(entry, true), SOON_MS));
  });

  document.addEventListener("outbox:answered", ({ detail: { answered } }) => {
    for (const each of answered) {
      const { entry, result, text } = each;
      if (untold.has(entry.id)) {
        clearTimeout(untold.get(entry.id));
        untold.delete(entry.id);
        say({ text, result, word: strip.dataset[result] });
      } else late.push(each);
      document.dispatchEvent(new CustomEvent("outbox:told", { detail: { entry, result, text } }));
    }
    if (late.length && !waitingLong().length) tellLate();
    show();
  });

  /* What was told to be saved before: one sentence for all of it, in however many requests it went; the refused first. */
  function tellLate() {
    const told = late;
    late = [];
    const bad = told.filter(({ result }) => result === "refused");
    if (bad.length) {
      const more = bad.length > 1 ? ` ${strip.dataset.more.replace("{n}", bad.length - 1)}` : "";
      say({ text: bad[0].text + more, result: "refused", word: strip.dataset.refused });
      return;
    }
    // Sent again after a lost answer is no second scan.
    const text = told.length === 1 ? told[0].text : strip.dataset.allRecorded.replace("{n}", told.length);
    say({ text, result: "recorded", word: strip.dataset.recorded });
  }

  function show() {
    const waiting = waitingLong();
    const refused = outbox.refused();
    const oldest = waiting[0];
    const old = Boolean(oldest) && outbox.siteNow() - oldest.at > OLD_MS;
    document.body.dataset.outbox = old ? "old" : "";
    strip.hidden = !waiting.length && !refused.length;
    part(".outbox-waiting", waiting.length, oldest && time(oldest.at));
    part(".outbox-refused", refused.length);
    if (!list.hidden) fill();
    offerWhatIsOwed();
  }

  /* Without a network the hour ends all the same: what was owed by then, as last heard, may be flagged. */
  function offerWhatIsOwed() {
    const stale = document.body.dataset.fresh === "stale";
    for (const owed of document.querySelectorAll("[data-owed-at]")) owed.hidden = !stale || outbox.siteNow() < Number(owed.dataset.owedAt);
  }

  function part(selector, count, since = "") {
    const element = strip.querySelector(selector);
    element.hidden = !count;
    const text = element.dataset.text.replace("{n}", count).replace("{time}", since);
    const words = element.querySelector("span");
    if (words.textContent !== text) words.textContent = text;
  }

  /* ---- the list ---- */
  function fill() {
    const entries = [...outbox.refused(), ...outbox.waiting()];
    if (!entries.length) { close(); return; }
    sheet.replaceChildren(...entries.map(rowOf));
    list.querySelector("[data-dismiss-all]").hidden = !outbox.refused().length;
  }

  function rowOf(entry) {
    const made = row.content.firstElementChild.cloneNode(true);
    made.dataset.state = entry.state;
    const what = entry.label || entry.fields.code || entry.kind;
    const why = entry.state === "refused" ? entry.text : strip.dataset.savedLong;
    made.querySelector(".outbox-what").textContent = why.startsWith(what) ? "" : what;
    made.querySelector(".outbox-why").textContent = why;
    made.querySelector("time").textContent = time(entry.at);
    made.querySelector("use").setAttribute("href", entry.state === "refused" ? "#i-refused" : "#i-saved");
    const button = made.querySelector("button");
    button.hidden = entry.state !== "refused";
    button.addEventListener("click", () => outbox.dismiss([entry]));
    return made;
  }

  const close = () => { list.hidden = true; sheet.replaceChildren(); };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("openOutbox" in button.dataset) { list.hidden = false; fill(); }
    else if ("closeOutbox" in button.dataset) close();
    else if ("dismissAll" in button.dataset) outbox.dismiss(outbox.refused());
  });

  document.addEventListener("outbox:changed", show);
  setInterval(show, 1000);
})();
