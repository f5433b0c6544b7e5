// SPDX-License-Identifier: Apache-2.0
// Runs work() in PROCESSES processes of a cluster that share the port, or here if that is 1.
"use strict";
const cluster = require("node:cluster");

module.exports = function inProcesses(work) {
  const count = Number(process.env.PROCESSES || 1);
  if (count === 1 || !cluster.isPrimary) {
    process.on("SIGTERM", () => process.exit(0));
    work();
    return;
  }
  for (let i = 0; i < count; ++i) cluster.fork();
  process.on("SIGTERM", () => {
    for (const each of Object.values(cluster.workers)) each.kill("SIGTERM");
    process.exit(0);
  });
};
