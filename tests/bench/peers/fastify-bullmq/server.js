// SPDX-License-Identifier: Apache-2.0
// The usual job queue: each delivery is a job, which is added before the response.
"use strict";
const Redis = require("ioredis");
const { Queue } = require("bullmq");
const { serve } = require("../standard_webhooks");
const inProcesses = require("../processes");

inProcesses(() => {
  const connection = new Redis({
    host: "127.0.0.1", port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null, enableAutoPipelining: true,
  });
  const queue = new Queue("deliveries", {
    connection,
    defaultJobOptions: { removeOnComplete: true, attempts: 16, backoff: { type: "exponential", delay: 10000 } },
  });
  serve((headers, body, deliveryId) => queue.add("d", {
    d: deliveryId, t: Date.now(), w: headers["webhook-id"], b: body.toString("utf8"),
  }));
});
