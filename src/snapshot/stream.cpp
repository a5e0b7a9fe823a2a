#include "snapshot/stream.hpp"

#include "snapshot/unusable.hpp"

#include <zlib.h>
#include <zstd.h>

#include <memory>
#include <string_view>

namespace rehearse::snapshot {

namespace {

constexpr std::size_t kInputBytes = 64 * 1024;

class GzipStream {
  public:
    explicit GzipStream(ByteSource source) : source_(std::move(source)), input_(kInputBytes) {
        // 15: the largest window; +16: a gzip header.
        if (inflateInit2(&stream_, 15 + 16) != Z_OK) throw std::bad_alloc();
    }
    GzipStream(const GzipStream&) = delete;
    GzipStream& operator=(const GzipStream&) = delete;
    ~GzipStream() { inflateEnd(&stream_); }

    std::size_t read(std::span<char> buffer) {
        stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream_.avail_out = static_cast<uInt>(buffer.size());
        while (stream_.avail_out == buffer.size() && !done_) {
            if (stream_.avail_in == 0 && !refill()) {
                if (inside_member_) throw Unusable("cut off: its gzip stream has no end");
                done_ = true;
            } else if (!inside_member_ && *stream_.next_in != 0x1f) {
                // Zeros fill the last block of a tape; anything else does not belong here.
                if (*stream_.next_in != 0)
                    throw Unusable("damaged: no gzip member where one begins");
                done_ = true;
            } else {
                inflate_some();
            }
        }
        return buffer.size() - stream_.avail_out;
    }

  private:
    bool refill() {
        stream_.avail_in = static_cast<uInt>(source_(input_));
        stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
        return stream_.avail_in > 0;
    }

    void inflate_some() {
        inside_member_ = true;
        const int result = inflate(&stream_, Z_NO_FLUSH);
        if (result == Z_STREAM_END) {
            inside_member_ = false;
            inflateReset(&stream_);
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            throw Unusable(std::string("damaged gzip stream: ") +
                           (stream_.msg != nullptr ? stream_.msg : zError(result)));
        }
    }

    ByteSource source_;
    std::vector<char> input_;
    z_stream stream_{};
    bool inside_member_ = false;
    bool done_ = false;
};

class ZstdStream {
  public:
    explicit ZstdStream(ByteSource source)
        : source_(std::move(source)), input_(kInputBytes), stream_(ZSTD_createDStream()) {
        if (stream_ == nullptr) throw std::bad_alloc();
    }
    ZstdStream(const ZstdStream&) = delete;
    ZstdStream& operator=(const ZstdStream&) = delete;
    ~ZstdStream() { ZSTD_freeDStream(stream_); }

    std::size_t read(std::span<char> buffer) {
        ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
        while (out.pos == 0) {
            // What fitted into no buffer yet comes out before more goes in.
            if (in_.pos == in_.size && !has_more_output_) {
                in_ = {input_.data(), source_(input_), 0};
                if (in_.size == 0) {
                    if (inside_frame_) throw Unusable("cut off: its zstd stream has no end");
                    return 0;
                }
            }
            const std::size_t result = ZSTD_decompressStream(stream_, &out, &in_);
            if (ZSTD_isError(result) != 0) {
                throw Unusable(std::string("damaged zstd stream: ") + ZSTD_getErrorName(result));
            }
            inside_frame_ = result != 0;
            has_more_output_ = out.pos == out.size && inside_frame_;
        }
        return out.pos;
    }

  private:
    ByteSource source_;
    std::vector<char> input_;
    ZSTD_DStream* stream_;
    ZSTD_inBuffer in_{nullptr, 0, 0};
    bool inside_frame_ = false;
    bool has_more_output_ = false;
};

template <typename Stream>
ByteSource source_of(ByteSource compressed) {
    return [stream = std::make_shared<Stream>(std::move(compressed))](std::span<char> buffer) {
        return buffer.empty() ? 0 : stream->read(buffer);
    };
}

}  // namespace

Compression compression_of(const File& file) {
    using namespace std::string_view_literals;
    const std::string head = first_bytes(file, 4);
    if (head.starts_with("\x1f\x8b"sv)) return Compression::gzip;
    if (head == "\x28\xb5\x2f\xfd"sv) return Compression::zstd;
    return Compression::none;
}

ByteSource decompressed(ByteSource compressed, Compression compression) {
    switch (compression) {
        case Compression::none:
            return compressed;
        case Compression::gzip:
            return source_of<GzipStream>(std::move(compressed));
        case Compression::zstd:
            return source_of<ZstdStream>(std::move(compressed));
    }
    return compressed;
}

}  // namespace rehearse::snapshot
