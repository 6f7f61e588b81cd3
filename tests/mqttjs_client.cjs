// A real client of another maker: `node mqttjs_client.cjs FOLDER OPTIONS`, both told as JSON lines.
const [folder, given] = process.argv.slice(2);
const mqtt = require(folder);
const { url, connect, subscribe = [], publish = [], waitMs = 0, ca } = JSON.parse(given);
const tell = (what) => console.log(JSON.stringify(what));
if (ca) connect.ca = require("fs").readFileSync(ca);
const client = mqtt.connect(url, { reconnectPeriod: 0, connectTimeout: 5000, ...connect });
client.on("error", (error) => { tell({ error: error.message, code: error.code }); client.end(true); });
client.on("message", (topic, payload) => tell({ topic, payload: payload.toString() }));
client.on("close", () => tell({ closed: true }));
client.on("connect", async (connack) => {
  tell({ connected: true, session: connack.sessionPresent });
  for (const filter of subscribe) {
    await client.subscribeAsync(filter, { qos: 1 }).then(
      (granted) => tell({ filter, granted: granted.map((one) => one.qos) }),
      (error) => tell({ filter, refused: error.message }),
    );
  }
  for (const [topic, payload] of publish) {
    await client.publishAsync(topic, payload, { qos: 1 }).then(
      () => tell({ published: topic }),
      (error) => tell({ topic, refused: error.message }),
    );
  }
  setTimeout(() => client.end(), waitMs);
});
