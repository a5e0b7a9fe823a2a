// Migrates as an application does that uses postgres-migrations.
//   node postgres-migrations.mjs INSTALLED URL FOLDER
import { createRequire } from "node:module";

const [installed, url, folder] = process.argv.slice(2);
const require = createRequire(installed + "/package.json");
const { Client } = require("pg");
const { migrate } = require("postgres-migrations");

const client = new Client({ connectionString: url });
await client.connect();
try {
    await migrate({ client }, folder);
} finally {
    await client.end();
}
