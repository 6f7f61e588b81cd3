/* What a browser allows only where nobody can listen: the screen is kept on there; elsewhere the menu says what is off. */
(() => {
  "use strict";
  if (!isSecureContext) document.getElementById("plain-http").hidden = false;
  if (!navigator.wakeLock) return;

  // The lock ends whenever the page is hidden; a tablet that saves its battery refuses it.
  async function stayAwake() {
    if (document.hidden) return;
    try {
      await navigator.wakeLock.request("screen");
    } catch (error) {
      console.info("the screen may go dark", error);
    }
  }
  document.addEventListener("visibilitychange", stayAwake);
  stayAwake();
})();
