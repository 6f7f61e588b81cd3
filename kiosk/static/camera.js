/* The tablet's camera as a scanner: what it reads goes the way of every scan. Its reader is loaded when the button is pressed. */
(() => {
  "use strict";
  const EVERY_MS = 120;
  const IDLE_MS = 60000;
  const FORMATS = ["code_128", "qr_code", "data_matrix", "ean_13", "code_39"];

  const opener = document.querySelector("[data-open-camera]");
  const screen = document.getElementById("camera");
  const video = screen.querySelector("video");
  if (!navigator.mediaDevices?.getUserMedia) return; // plain HTTP has no camera
  opener.hidden = false;

  let stream = null;
  let turn = 0; // which opening it is: what an older one still does counts no more

  const say = (text) => document.dispatchEvent(new CustomEvent("kiosk:say", { detail: { text, result: "refused" } }));

  /* ---- readers: the browser's own where it has one ---- */
  async function ownReader() {
    if (!window.BarcodeDetector) return null;
    const known = await BarcodeDetector.getSupportedFormats();
    const formats = FORMATS.filter((format) => known.includes(format));
    if (!formats.includes("code_128") && !formats.includes("qr_code")) return null;
    const detector = new BarcodeDetector({ formats });
    return async () => (await detector.detect(video))[0]?.rawValue ?? "";
  }

  function library() {
    return new Promise((done, failed) => {
      if (window.ZXing) { done(); return; }
      const script = document.createElement("script");
      script.src = screen.dataset.library;
      script.onload = () => done();
      script.onerror = () => { script.remove(); failed(new Error("the reader could not be loaded")); };
      document.head.append(script);
    });
  }

  async function loadedReader() {
    await library();
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    const reader = new ZXing.MultiFormatReader();
    const formats = ["CODE_128", "QR_CODE", "DATA_MATRIX", "EAN_13", "CODE_39"].map((name) => ZXing.BarcodeFormat[name]);
    reader.setHints(new Map([[ZXing.DecodeHintType.POSSIBLE_FORMATS, formats], [ZXing.DecodeHintType.TRY_HARDER, true]]));
    return async () => {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      pen.drawImage(video, 0, 0);
      try {
        return reader.decode(new ZXing.BinaryBitmap(new ZXing.HybridBinarizer(new ZXing.HTMLCanvasElementLuminanceSource(canvas)))).getText();
      } catch {
        return ""; // nothing to be read in this picture
      }
    };
  }

  /* ---- open, read, close ---- */
  async function open() {
    turn += 1;
    const mine = turn;
    screen.hidden = false;
    try {
      const seen = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } } });
      if (mine !== turn) { for (const track of seen.getTracks()) track.stop(); return; }
      stream = seen;
      video.srcObject = seen;
      await video.play();
      const read = (await ownReader()) ?? (await loadedReader());
      await watch(mine, read);
    } catch (error) {
      console.info("no camera", error);
      if (mine !== turn) return;
      close();
      say(error.name === "NotAllowedError" ? screen.dataset.forbidden : screen.dataset.unusable);
    }
  }

  async function watch(mine, read) {
    const until = performance.now() + IDLE_MS;
    while (mine === turn) {
      if (performance.now() > until) { close(); return; }
      const code = video.videoWidth ? (await read()).trim() : "";
      if (mine === turn && code) {
        close();
        document.dispatchEvent(new CustomEvent("kiosk:scan", { detail: code }));
        return;
      }
      await new Promise((done) => { setTimeout(done, EVERY_MS); });
    }
  }

  function close() {
    turn += 1;
    screen.hidden = true;
    video.srcObject = null;
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("openCamera" in button.dataset) open();
    else if ("closeCamera" in button.dataset) close();
  });
  document.addEventListener("kiosk:scan", () => { if (!screen.hidden) close(); }); // another scanner was quicker
  document.addEventListener("visibilitychange", () => { if (document.hidden && !screen.hidden) close(); });
})();
