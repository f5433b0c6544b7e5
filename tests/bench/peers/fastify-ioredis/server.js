// SPDX-License-Identifier: Apache-2.0
// The usual Node gateway: the same entry in the same stream. Commands of one event-loop iteration form one pipeline.
"use strict";
const Redis = require("ioredis");
const { serve } = require("../standard_webhooks");
const inProcesses = require("../processes");

const key = "{trunkline}:deliveries";

inProcesses(() => {
  const redis = new Redis({ host: "127.0.0.1", port: Number(process.env.REDIS_PORT), enableAutoPipelining: true });
  serve((headers, body, deliveryId) => redis.xadd(key, "*", "d", deliveryId, "t", Date.now(), "s", "standard", "k", 0,
    "w", headers["webhook-id"], "b", body));
});
