#include "restore/extensions.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace rehearse::restore {

namespace {

// PostgreSQL manual, appendix F: what Debian's postgresql-MAJOR has (postgresql-contrib elsewhere).
bool is_contrib(std::string_view extension) {
    constexpr std::array<std::string_view, 41> kContrib{"adminpack",
                                                        "amcheck",
                                                        "autoinc",
                                                        "bloom",
                                                        "btree_gin",
                                                        "btree_gist",
                                                        "citext",
                                                        "cube",
                                                        "dblink",
                                                        "dict_int",
                                                        "dict_xsyn",
                                                        "earthdistance",
                                                        "file_fdw",
                                                        "fuzzystrmatch",
                                                        "hstore",
                                                        "insert_username",
                                                        "intagg",
                                                        "intarray",
                                                        "isn",
                                                        "lo",
                                                        "ltree",
                                                        "moddatetime",
                                                        "old_snapshot",
                                                        "pageinspect",
                                                        "pg_buffercache",
                                                        "pg_freespacemap",
                                                        "pg_logicalinspect",
                                                        "pg_prewarm",
                                                        "pg_stat_statements",
                                                        "pg_surgery",
                                                        "pg_trgm",
                                                        "pg_visibility",
                                                        "pg_walinspect",
                                                        "pgcrypto",
                                                        "pgrowlocks",
                                                        "pgstattuple",
                                                        "postgres_fdw",
                                                        "refint",
                                                        "seg",
                                                        "sslinfo",
                                                        "tablefunc"};
    constexpr std::array<std::string_view, 6> kMore{
        "tcn", "tsm_system_rows", "tsm_system_time", "unaccent", "uuid-ossp", "xml2"};
    return std::find(kContrib.begin(), kContrib.end(), extension) != kContrib.end() ||
           std::find(kMore.begin(), kMore.end(), extension) != kMore.end();
}

struct Packaged {
    std::string_view extension;
    std::string_view
        package;  // behind "postgresql-15-", or "postgresql-...-15" with a trailing dash
};

constexpr std::array kPackaged{
    Packaged{"vector", "pgvector"},
    Packaged{"postgis", "postgis-3"},
    Packaged{"postgis_raster", "postgis-3"},
    Packaged{"postgis_topology", "postgis-3"},
    Packaged{"postgis_tiger_geocoder", "postgis-3"},
    Packaged{"address_standardizer", "postgis-3"},
    Packaged{"pg_cron", "cron"},
    Packaged{"pg_repack", "repack"},
    Packaged{"pg_partman", "partman"},
    Packaged{"pg_hint_plan", "pg-hint-plan"},
    Packaged{"plpython3u", "postgresql-plpython3-"},
    Packaged{"plperl", "postgresql-plperl-"},
    Packaged{"plperlu", "postgresql-plperl-"},
    Packaged{"pltcl", "postgresql-pltcl-"},
    Packaged{"pltclu", "postgresql-pltcl-"},
    Packaged{"hstore_plpython3u", "postgresql-plpython3-"},
    Packaged{"hstore_plperl", "postgresql-plperl-"},
};

std::string package_with(const std::string& extension, const std::string& major) {
    if (is_contrib(extension)) return "postgresql-contrib";
    const auto known = std::find_if(kPackaged.begin(), kPackaged.end(), [&](const Packaged& one) {
        return one.extension == extension;
    });
    if (known != kPackaged.end() && known->package.ends_with('-')) {
        return std::string(known->package) + major;
    }
    std::string name = known != kPackaged.end() ? std::string(known->package) : extension;
    std::replace(name.begin(), name.end(), '_', '-');  // no underscores in package names
    return "postgresql-" + major + "-" + name;
}

}  // namespace

std::vector<std::string> missing_extensions(const std::vector<std::string>& needed,
                                            const std::vector<pg::AvailableExtension>& available) {
    std::vector<std::string> missing;
    for (const auto& name : needed) {
        const bool there = std::any_of(available.begin(), available.end(),
                                       [&](const auto& one) { return one.name == name; });
        if (!there) missing.push_back(name);
    }
    return missing;
}

std::vector<std::string> packages_with(const std::vector<std::string>& extensions, int major) {
    std::set<std::string> packages;
    for (const auto& extension : extensions) {
        packages.insert(package_with(extension, std::to_string(major)));
    }
    return {packages.begin(), packages.end()};
}

}  // namespace rehearse::restore
