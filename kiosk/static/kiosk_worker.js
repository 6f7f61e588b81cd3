/* The kiosk's page while the server is away. The server's word always comes first: a kept page is shown only when there is
   none. What is scanned and tapped goes through the page's own outbox; nothing here touches it. */
"use strict";
const PREFIX = "interlock-kiosk-";
const PATIENCE_MS = 5000;
const SERVER_FAULT = 500;
const A_KIOSK = /^\/kiosk\/[^/]+$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
})()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && A_KIOSK.test(pathname)) event.respondWith(page(event, pathname));
  else if (pathname.startsWith("/static/")) event.respondWith(file(request));
});

async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function page(event, pathname) {
  let fault;
  try {
    const answer = await Promise.race([fromServer(event), tooLate()]);
    if (answer.status < SERVER_FAULT) return answer;
    fault = answer;
  } catch (error) {
    console.info("the server does not answer", error);
  }
  return (await kept(pathname)) ?? fault ?? fetch(event.request);
}

async function fromServer(event) {
  return (await event.preloadResponse) ?? fetch(event.request);
}

function tooLate() {
  return new Promise((_, reject) => { setTimeout(() => reject(new Error("too late")), PATIENCE_MS); });
}

/* Of this program before any older one; the page is told that it was kept, and since when. */
async function kept(pathname) {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const own = PREFIX + PROGRAM;
  names.sort((one, other) => Number(other === own) - Number(one === own));
  for (const name of names) {
    const found = await (await caches.open(name)).match(pathname, { ignoreVary: true });
    if (!found) continue;
    const text = (await found.text()).replace("<body", `<body data-kept="${Number(found.headers.get("X-Kept-At")) || 0}"`);
    return new Response(text, { headers: found.headers });
  }
  return null;
}
