/* On this tablet's disk: what was scanned and tapped here, until the server holds it. Numbered by the tablet itself. */
const outboxStore = (() => {
  "use strict";
  const NAME = "interlock-outbox";
  const STRICT = { durability: "strict" };
  const mirror = (station) => `interlock-tablet/${station}`;

  let opening = null;

  function open() {
    opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("tablets", { keyPath: "station" });
        request.result.createObjectStore("entries", { keyPath: ["station", "seq"] });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    }).catch((error) => { opening = null; throw error; });
    return opening;
  }

  /* Resolves after `oncomplete`: what was written is on the disk. */
  async function transact(mode, work) {
    const database = await open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(["tablets", "entries"], mode, STRICT);
      const result = {};
      transaction.oncomplete = () => resolve(result.value);
      transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
      work(transaction.objectStore("tablets"), transaction.objectStore("entries"), result);
    });
  }

  const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  /* The mirror may outlive a lost database: then another tablet begins, and says which one it was. */
  function begun(station) {
    const [tablet, next] = (localStorage.getItem(mirror(station)) ?? "").split(":");
    const before = /^[0-9a-f]{32}$/.test(tablet) ? { tablet, next_seq: Number(next) || 1 } : null;
    return { station, tablet: random(), next: 1, before };
  }

  function remember({ station, tablet, next }) {
    try { localStorage.setItem(mirror(station), `${tablet}:${next}`); } catch (error) { console.info("no mirror of the tablet's number", error); }
  }

  /* Who this tablet is at a station, made at the first question. */
  async function tablet(station) {
    const known = await transact("readwrite", (tablets, _, result) => {
      tablets.get(station).onsuccess = ({ target }) => {
        result.value = target.result ?? begun(station);
        if (!target.result) tablets.put(result.value);
      };
    });
    remember(known);
    return known;
  }

  /* Keep an entry under the tablet's next number; the entry with that number. */
  async function put(station, entry) {
    const kept = await transact("readwrite", (tablets, entries, result) => {
      tablets.get(station).onsuccess = ({ target }) => {
        const own = target.result ?? begun(station);
        const numbered = { ...entry, id: entry.id ?? random(), station, seq: own.next, state: "waiting" };
        tablets.put({ ...own, next: own.next + 1 });
        entries.add(numbered);
        result.value = { numbered, own: { ...own, next: own.next + 1 } };
      };
    });
    remember(kept.own);
    return kept.numbered;
  }

  const entries = () => transact("readonly", (_, all, result) => { all.getAll().onsuccess = ({ target }) => { result.value = target.result; }; });

  /* Exactly what the server says it holds goes; what it refused stays until somebody has seen it. */
  const settle = (answered) => transact("readwrite", (_, all) => {
    for (const { entry, result, text } of answered) {
      const key = [entry.station, entry.seq];
      if (result !== "refused") all.delete(key);
      else all.get(key).onsuccess = ({ target }) => { if (target.result) all.put({ ...target.result, state: "refused", text }); };
    }
  });

  const forget = (list) => transact("readwrite", (_, all) => { for (const { station, seq } of list) all.delete([station, seq]); });

  return { tablet, put, entries, settle, forget };
})();
