// SPDX-License-Identifier: Apache-2.0
// Takes jobs and writes the rows of each in one transaction over a pool of prepared connections. CONCURRENCY jobs are
// in progress at the same time, so that commits share an fsync.
"use strict";
const { Worker } = require("bullmq");
const { Pool, types } = require("pg");
const { read } = require("./event");
const { write } = require("./rows");

types.setTypeParser(20, Number);
const concurrency = Number(process.env.CONCURRENCY || 32);
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: Math.min(concurrency, 40) });

async function process_(job) {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await write(client, job.data, read(job.data.b));
    await client.query("commit");
  } catch (problem) {
    await client.query("rollback");
    throw problem;
  } finally {
    client.release();
  }
}

const worker = new Worker("deliveries", process_, {
  connection: { host: "127.0.0.1", port: Number(process.env.REDIS_PORT), enableAutoPipelining: true },
  concurrency,
});
worker.on("failed", (job, problem) => console.error("job failed:", problem.message));
worker.on("error", (problem) => console.error(problem.message));
process.on("SIGTERM", () => process.exit(0));
