/* A photo of what is rejected: made small here, and drawn anew, so that where and with what it was taken stays on the tablet. */
(() => {
  "use strict";
  const MOST_BYTES = 290000;
  const TRIES = [[1280, 0.8], [1280, 0.6], [1024, 0.6], [800, 0.5], [640, 0.4]];
  const panel = document.getElementById("panel");

  async function smaller(file) {
    const picture = await createImageBitmap(file);
    for (const [longest, quality] of TRIES) {
      const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", quality); });
      if (made.size <= MOST_BYTES) return made;
    }
    throw new Error("too large");
  }

  const asText = (blob) => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });

  panel.addEventListener("change", async ({ target }) => {
    if (!target.matches("[data-photo]")) return;
    const place = target.closest(".sheet-photo");
    const [file] = target.files;
    target.value = "";
    if (!file) return;
    place.dataset.state = "busy";
    try {
      const text = await asText(await smaller(file));
      place.querySelector("[name=photo]").value = text;
      place.querySelector("img").src = text;
      place.dataset.state = "there";
    } catch (error) {
      console.info("no photo", error);
      delete place.dataset.state;
      document.dispatchEvent(new CustomEvent("kiosk:say", { detail: { text: place.dataset.unread, result: "refused" } }));
    }
  });
})();
