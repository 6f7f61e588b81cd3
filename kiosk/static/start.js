/* The page is shown first, in letters that the tablet has; its own letters and its life come a frame later: a slow tablet
   needs longer for either than to draw. */
(() => {
  "use strict";
  const UNSEEN_MS = 500; // a page that nobody sees draws no frame
  const { fonts, scripts } = document.currentScript.dataset;
  let begun = false;

  function begin() {
    if (begun) return;
    begun = true;
    const all = document.createElement("script");
    all.src = scripts;
    const letters = document.createElement("link");
    letters.rel = "stylesheet";
    letters.href = fonts;
    document.head.append(all, letters);
  }

  requestAnimationFrame(() => setTimeout(begin));
  setTimeout(begin, UNSEEN_MS);
})();
