#include "snapshot/plain.hpp"

#include "rehearse/base/interrupt.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/sql/script.hpp"

#include "snapshot/dates.hpp"
#include "snapshot/stream.hpp"
#include "snapshot/unusable.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace rehearse::snapshot {

namespace {

// pg_dump writes its marks into the first few hundred bytes.
constexpr std::size_t kHeadBytes = 16 * 1024;
constexpr std::string_view kBegin = "-- PostgreSQL database dump\n";
constexpr std::string_view kClusterBegin = "-- PostgreSQL database cluster dump\n";
constexpr std::string_view kEnd = "-- PostgreSQL database dump complete";

struct HeadText {
    std::string text;
    std::optional<Unusable> cut_off;  // where the compressed stream ends inside the head
};

HeadText read_head(const std::shared_ptr<const File>& file, Compression compression) {
    const ByteSource source = decompressed(stream_of(file), compression);
    HeadText head{std::string(kHeadBytes, '\0'), std::nullopt};
    std::size_t filled = 0;
    try {
        while (filled < head.text.size()) {
            const std::size_t got = source({head.text.data() + filled, head.text.size() - filled});
            if (got == 0) break;
            filled += got;
        }
    } catch (const Unusable& unusable) {
        head.cut_off = unusable;
    }
    head.text.resize(filled);
    std::erase(head.text, '\r');
    return head;
}

void refuse_other_compressions(std::string_view head) {
    using namespace std::string_view_literals;
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kMagics{{
        {"\x04\x22\x4d\x18"sv, "lz4"},
        {"\xfd"
         "7zXZ"sv,
         "xz"},
        {"BZh"sv, "bzip2"},
        {"PK\x03\x04"sv, "zip"},
    }};
    for (const auto& [magic, name] : kMagics) {
        if (!head.starts_with(magic)) continue;
        throw Unusable("compressed with " + std::string(name) + ", which cannot be read",
                       {"Decompress it first, or compress it with gzip or zstd."});
    }
}

// Whatever stands behind `mark` up to the end of its line.
std::optional<std::string> rest_of_line(std::string_view text, std::string_view mark) {
    const std::size_t at = text.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view rest = text.substr(at + mark.size());
    return std::string(trimmed(rest.substr(0, rest.find('\n'))));
}

// The identifier at the beginning of a text, its quotes taken off.
std::string leading_identifier(std::string_view text) {
    text = trimmed(text);
    if (!text.starts_with('"')) return std::string(text.substr(0, text.find_first_of(" \t\r\n;")));
    std::string name;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"' && (i + 1 == text.size() || text[++i] != '"')) break;
        name += text[i];
    }
    return name;
}

std::optional<std::string_view> text_behind(std::string_view text, std::string_view prefix) {
    if (!starts_with_ignoring_case(text, prefix)) return std::nullopt;
    return text.substr(prefix.size());
}

bool is_row_statement(std::string_view text) {
    constexpr std::array<std::string_view, 3> kPrefixes{"INSERT ", "COPY ", "SELECT "};
    return std::any_of(kPrefixes.begin(), kPrefixes.end(), [&](std::string_view prefix) {
        return starts_with_ignoring_case(text, prefix);
    });
}

class Survey {
  public:
    explicit Survey(Snapshot& snapshot) : snapshot_(snapshot) {}

    void add(const sql::Statement& piece) {
        look_at_comments(piece.leading);
        if (piece.unterminated) complete_ = false;
        if (piece.text.empty()) return;
        if (piece.is_meta_command) {
            // pg_dump 17.6, 16.10, 15.14, 14.19 and 13.22 on put this one behind their last
            // comment.
            if (!piece.text.starts_with("\\unrestrict")) complete_ = false;
            return;
        }
        complete_ = false;
        look_at_statement(piece.text);
    }

    void finish() {
        if (!complete_) {
            throw Unusable("cut off: pg_dump's last line, \"" + std::string(kEnd) +
                           "\", is missing");
        }
        snapshot_.roles.assign(roles_.begin(), roles_.end());
        snapshot_.extensions.assign(extensions_.begin(), extensions_.end());
    }

  private:
    void look_at_comments(std::string_view comments) {
        if (comments.find(kEnd) != std::string_view::npos) complete_ = true;
        if (snapshot_.server_version.number != 0) return;
        const auto version = rest_of_line(comments, "-- Dumped from database version ");
        if (!version) return;
        snapshot_.server_version = pg::ServerVersion::parse(*version).value_or(pg::ServerVersion{});
    }

    void look_at_statement(const std::string& text) {
        if (is_row_statement(text)) return;
        if (auto extension = text_behind(text, "CREATE EXTENSION ")) {
            extensions_.insert(
                leading_identifier(text_behind(*extension, "IF NOT EXISTS ").value_or(*extension)));
        } else if (const auto database = text_behind(text, "CREATE DATABASE ")) {
            snapshot_.database = leading_identifier(*database);
            snapshot_.create_database = text;
        } else if (const auto encoding = text_behind(text, "SET client_encoding = '")) {
            snapshot_.encoding = std::string(encoding->substr(0, encoding->find('\'')));
        }
        for (auto& role : sql::roles_named_in(text)) roles_.insert(std::move(role));
    }

    Snapshot& snapshot_;
    std::set<std::string> roles_;
    std::set<std::string> extensions_;
    bool complete_ = false;
};

}  // namespace

PlainHead read_plain_head(const std::shared_ptr<const File>& file) {
    if (file->size() == 0) throw Unusable("empty");
    PlainHead head{compression_of(*file), std::nullopt};
    refuse_other_compressions(first_bytes(*file, 8));
    const auto [text, cut_off] = read_head(file, head.compression);
    if (text.starts_with("PGDMP")) {
        throw Unusable("an archive inside another compression",
                       {"Decompress it first; the archive is compressed inside."});
    }
    if (text.find(kClusterBegin) != std::string::npos) {
        throw Unusable("a dump of a whole cluster (pg_dumpall)",
                       {"Take a dump of one database, with pg_dump."});
    }
    if (text.find(kBegin) == std::string::npos) {
        if (cut_off) throw *cut_off;
        throw NotADump();
    }
    if (const auto started = rest_of_line(text, "-- Started on ")) {
        head.started_on = date_in(*started);
    }
    return head;
}

void survey_plain(const std::shared_ptr<const File>& file, Snapshot& snapshot, Progress& progress) {
    std::uint64_t compressed_bytes = 0;
    const ByteSource counted = [&, source = stream_of(file)](std::span<char> buffer) {
        Interrupt::throw_if_requested();
        const std::size_t got = source(buffer);
        compressed_bytes += got;
        progress.update(compressed_bytes, file->size(), Progress::Unit::bytes, "");
        return got;
    };
    const ByteSource text = decompressed(counted, snapshot.compression);
    sql::ScriptReader reader([&](std::span<char> buffer) {
        const std::size_t got = text(buffer);
        snapshot.uncompressed_bytes += got;
        return got;
    });
    Survey survey(snapshot);
    while (const auto piece = reader.next()) survey.add(*piece);
    survey.finish();
}

}  // namespace rehearse::snapshot
