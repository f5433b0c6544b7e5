// SPDX-License-Identifier: Apache-2.0
// Adds the deliveries of standard input, one JSON object per line, as jobs; in bulk, because filling is not measured.
"use strict";
const readline = require("node:readline");
const { Queue } = require("bullmq");

async function main() {
  const queue = new Queue("deliveries", {
    connection: { host: "127.0.0.1", port: Number(process.env.REDIS_PORT) },
    defaultJobOptions: { removeOnComplete: true, attempts: 16, backoff: { type: "exponential", delay: 10000 } },
  });
  let jobs = [];
  for await (const line of readline.createInterface({ input: process.stdin })) {
    jobs.push({ name: "d", data: JSON.parse(line) });
    if (jobs.length === 500) await queue.addBulk(jobs.splice(0));
  }
  if (jobs.length) await queue.addBulk(jobs);
  await queue.close();
}
main();
