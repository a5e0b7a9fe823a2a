// A prisma.config that lets Prisma's own schema engine, which the package has as WebAssembly, migrate through node-postgres.
// The engine that teams run is a program that is not in the package; it sends a file as one Query, and so do we: the adapter
// alone would cut it at every semicolon.
import { createRequire } from "node:module";

const require = createRequire(process.env.INSTALLED + "/package.json");
const { PrismaPg } = require("@prisma/adapter-pg");
const Result = require("pg/lib/result");

// The engine asks the catalog, and the adapter does not know the type of its names.
const NAME = 19;
const TEXT = 25;
const addFields = Result.prototype.addFields;
Result.prototype.addFields = function (fields) {
    for (const field of fields) {
        if (field.dataTypeID === NAME) field.dataTypeID = TEXT;
    }
    return addFields.call(this, fields);
};

class WholeFiles extends PrismaPg {
    async connect() {
        const adapter = await super.connect();
        adapter.executeScript = async (script) => {
            try {
                await adapter.underlyingDriver().query(script);
            } catch (error) {
                console.error(error.message); // the adapter has words of its own for it
                adapter.onError(error);
            }
        };
        return adapter;
    }
}

export default {
    experimental: { adapter: true },
    engine: "js",
    schema: "prisma/schema.prisma",
    migrations: { path: "prisma/migrations" },
    // One connection, as the engine has: what a file sets stays for the next.
    adapter: async () => new WholeFiles({ connectionString: process.env.DATABASE_URL, max: 1 }),
};
