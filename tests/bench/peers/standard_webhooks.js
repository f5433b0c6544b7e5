// SPDX-License-Identifier: Apache-2.0
// Standard Webhooks with Node's own crypto, and a Fastify server that keeps bodies as received.
"use strict";
const crypto = require("node:crypto");
const fastify = require("fastify");

const secret = Buffer.from(process.env.SIGNING_KEY.replace(/^whsec_/, ""), "base64");
const maxSkew = 300;

function verified(headers, body) {
  const id = headers["webhook-id"];
  const time = headers["webhook-timestamp"];
  const signatures = headers["webhook-signature"];
  if (!id || !time || !signatures) return false;
  if (!(Math.abs(Date.now() / 1000 - Number(time)) <= maxSkew)) return false;
  const expected = crypto.createHmac("sha256", secret).update(`${id}.${time}.`).update(body).digest();
  return signatures.split(" ").some((one) => {
    if (!one.startsWith("v1,")) return false;
    const given = Buffer.from(one.slice(3), "base64");
    return given.length === expected.length && crypto.timingSafeEqual(given, expected);
  });
}

// store(headers, body, deliveryId): a promise that resolves when the delivery is on disk.
function serve(store) {
  const server = fastify({ logger: false, bodyLimit: 1 << 20, keepAliveTimeout: 75000 });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer" }, (request, body, done) => done(null, body));
  server.post("/api/webhooks/openphone", {
    schema: { response: { 200: { type: "object", properties: { status: { type: "string" } } } } },
  }, (request, reply) => {
    if (!verified(request.headers, request.body)) {
      reply.code(403).send({ status: "refused" });
      return;
    }
    const deliveryId = crypto.randomUUID();
    store(request.headers, request.body, deliveryId).then(
      () => reply.header("trunkline-delivery-id", deliveryId).send({ status: "accepted" }),
      () => reply.code(503).header("retry-after", "10").send({ status: "refused" }));
  });
  server.listen({ host: "127.0.0.1", port: Number(process.env.PORT), backlog: 4096 }, (problem) => {
    if (problem) throw problem;
  });
}

module.exports = { serve };
