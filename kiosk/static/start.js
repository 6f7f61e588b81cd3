/* The page is shown first and comes to life a frame later: a slow tablet needs longer to run the scripts than to draw. */
(() => {
  "use strict";
  const UNSEEN_MS = 500; // a page that nobody sees draws no frame
  const { scripts } = document.currentScript.dataset;
  let begun = false;

  function begin() {
    if (begun) return;
    begun = true;
    const all = document.createElement("script");
    all.src = scripts;
    document.head.append(all);
  }

  requestAnimationFrame(() => setTimeout(begin));
  setTimeout(begin, UNSEEN_MS);
})();
