#pragma once

#include "rehearse/pg/types.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rehearse::pg {

// pg_class as far as the report speaks of it.
struct RelationFacts {
    Oid oid = 0;
    RelationName name;
    char relkind = ' ';
    Oid relfilenode = 0;     // pg_relation_filenode(oid); 0 where there is none
    std::string file;        // pg_relation_filepath(oid): "base/16384/16385"
    std::int64_t bytes = 0;  // pg_relation_size(oid, 'main'); only read_all_relations() reads it
    Oid table_of_index = 0;  // pg_index.indrelid, for indexes
    bool index_is_valid = true;  // pg_index.indisvalid

    bool is_index() const { return relkind == 'i' || relkind == 'I'; }
};

// What ALTER TABLE changes of a relation.
struct RelationShape {
    struct Column {
        std::string name;
        std::string type;  // format_type(): "character varying(50)"
        bool not_null = false;
        Oid default_oid = 0;  // pg_attrdef.oid, new with each SET DEFAULT; 0 for none
        bool operator==(const Column&) const = default;
    };
    struct Constraint {
        std::string name;
        char type = ' ';  // pg_constraint.contype: c, f, p, u, x
        bool validated = true;
        bool operator==(const Constraint&) const = default;
    };
    RelationName name;
    char relkind = ' ';
    Oid table_of_index = 0;
    std::map<int, Column> columns;  // by attnum
    std::map<Oid, Constraint> constraints;
    bool operator==(const RelationShape&) const = default;
};

using ShapeMap = std::map<Oid, RelationShape>;
using SizeMap = std::map<Oid, std::int64_t>;  // bytes
using RelationMap = std::map<Oid, RelationFacts>;

}  // namespace rehearse::pg
