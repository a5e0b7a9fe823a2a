// Migrates as an application does that uses postgrator.
//   node postgrator.mjs INSTALLED URL FOLDER
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [installed, url, folder] = process.argv.slice(2);
const require = createRequire(installed + "/package.json");
const { Client } = require("pg");
const { default: Postgrator } = await import(pathToFileURL(require.resolve("postgrator")));

const client = new Client({ connectionString: url });
await client.connect();
try {
    const postgrator = new Postgrator({
        migrationPattern: folder + "/*",
        driver: "pg",
        database: client.database,
        execQuery: (query) => client.query(query),
    });
    await postgrator.migrate();
} finally {
    await client.end();
}
