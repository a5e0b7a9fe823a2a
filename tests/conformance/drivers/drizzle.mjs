// Migrates as an application does that uses drizzle-orm with node-postgres.
//   node drizzle.mjs INSTALLED URL FOLDER
import { createRequire } from "node:module";

const [installed, url, migrationsFolder] = process.argv.slice(2);
const require = createRequire(installed + "/package.json");
const { Client } = require("pg");
const { drizzle } = require("drizzle-orm/node-postgres");
const { migrate } = require("drizzle-orm/node-postgres/migrator");

const client = new Client({ connectionString: url });
await client.connect();
try {
    await migrate(drizzle(client), { migrationsFolder });
} finally {
    await client.end();
}
