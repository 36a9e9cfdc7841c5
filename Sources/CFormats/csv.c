#define _GNU_SOURCE
#include "nj_csv.h"

#include <math.h>
#include <string.h>

#include "nj_number.h"

static inline bool is_line_end(uint8_t c) { return c == '\n' || c == '\r'; }

static inline bool ends_field(const nj_csv_format *f, uint8_t c) { return c == f->delimiter || is_line_end(c); }

static inline bool is_blank(const nj_csv_format *f, uint8_t c) { return c == ' ' || (c == '\t' && f->delimiter != '\t'); }

static const uint8_t *after_blanks(const nj_csv_format *f, const uint8_t *p, const uint8_t *end) {
    while (p < end && is_blank(f, *p)) p++;
    return p;
}

// Line ends in a stretch of text: LF, CR LF and CR alone.
static int64_t count_lines(const uint8_t *p, const uint8_t *end) {
    int64_t lines = 0;
    for (; p < end; p++) lines += *p == '\n' || (*p == '\r' && !(p + 1 < end && p[1] == '\n'));
    return lines;
}

static const uint8_t *after_line_end(const uint8_t *p, const uint8_t *end) {
    return *p == '\r' && p + 1 < end && p[1] == '\n' ? p + 2 : p + 1;
}

// The first byte that does not belong to well-formed UTF-8 (Unicode 15, table 3-7), or NULL.
static const uint8_t *first_not_utf8(const uint8_t *p, const uint8_t *end) {
    while (p < end) {
        uint64_t word;
        while (end - p >= 8) {
            memcpy(&word, p, 8);
            if (word & 0x8080808080808080) break;
            p += 8;
        }
        if (p >= end) return NULL;
        if (*p < 0x80) { p++; continue; }
        uint8_t c = *p, low = 0x80, high = 0xBF;
        int more = c >= 0xC2 && c <= 0xDF ? 1 : (c & 0xF0) == 0xE0 ? 2 : c >= 0xF0 && c <= 0xF4 ? 3 : 0;
        if (more == 0 || end - p <= more) return p;
        if (c == 0xE0) low = 0xA0;
        if (c == 0xED) high = 0x9F;
        if (c == 0xF0) low = 0x90;
        if (c == 0xF4) high = 0x8F;
        if (p[1] < low || p[1] > high) return p;
        for (int i = 2; i <= more; i++)
            if ((p[i] & 0xC0) != 0x80) return p;
        p += more + 1;
    }
    return NULL;
}

static nj_csv_problem check_bytes(const nj_csv_format *f, const uint8_t *begin, const uint8_t *end, int64_t *line) {
    const uint8_t *bad = memchr(begin, 0, (size_t)(end - begin));
    nj_csv_problem problem = NJ_CSV_NUL;
    if (!bad && !f->latin1) {
        bad = first_not_utf8(begin, end);
        problem = NJ_CSV_NOT_UTF8;
    }
    if (!bad) return NJ_CSV_FINE;
    *line = count_lines(begin, bad);
    return problem;
}

// One field at `p`; returns the delimiter, line end or end after it, or NULL for a problem. A field
// without quotes loses blanks around it. `quoted` tells the two kinds of empty text apart.
static const uint8_t *read_field(
    const nj_csv_format *f, const uint8_t *p, const uint8_t *end, nj_csv_span *span, bool *quoted, int64_t *lines,
    nj_csv_problem *problem) {
    p = after_blanks(f, p, end);
    *quoted = f->quote && p < end && *p == f->quote;
    if (!*quoted) {
        span->start = p;
        while (p < end && !ends_field(f, *p)) {
            if (*p == f->quote && f->quote) {
                *problem = NJ_CSV_MISPLACED;
                return NULL;
            }
            p++;
        }
        const uint8_t *last = p;
        while (last > span->start && is_blank(f, last[-1])) last--;
        span->length = last - span->start;
        return p;
    }
    span->start = ++p;
    bool doubled = false;
    for (;;) {
        const uint8_t *close = memchr(p, f->quote, (size_t)(end - p));
        if (!close) {
            *problem = NJ_CSV_UNCLOSED;
            return NULL;
        }
        p = close + 1;
        if (p >= end || *p != f->quote) break;
        doubled = true;
        p++;
    }
    span->length = p - 1 - span->start;
    *lines += count_lines(span->start, p - 1);
    if (doubled) span->length = -span->length - 1;
    p = after_blanks(f, p, end);
    if (p < end && !ends_field(f, *p)) {
        *problem = NJ_CSV_AFTER_QUOTE;
        return NULL;
    }
    return p;
}

static bool is_missing(const nj_csv_format *f, const uint8_t *text, int64_t length) {
    if (length == 0) return true;
    for (int i = 0; i < f->missing_count; i++) {
        if (f->missing_lengths[i] > length) return false;
        if (f->missing_lengths[i] == length && memcmp(f->missing[i], text, (size_t)length) == 0) return true;
    }
    return false;
}

static bool equals(const uint8_t *text, int64_t length, const char *word) {
    if ((int64_t)strlen(word) != length) return false;
    for (int64_t i = 0; i < length; i++)
        if ((text[i] | 0x20) != word[i]) return false;
    return true;
}

// A field of a column of numbers that is not plainly a number.
static double read_unusual(const nj_csv_format *f, nj_csv_column *column, nj_csv_span span, int64_t line) {
    const uint8_t *text = span.start;
    int64_t length = span.length;
    if (length >= 0) {
        while (length > 0 && is_blank(f, *text)) text++, length--;
        while (length > 0 && is_blank(f, text[length - 1])) length--;
        if (is_missing(f, text, length)) return NAN;
        double value;
        unsigned kind;
        if (nj_read_number(text, f->decimal, &value, &kind) == text + length) {
            column->seen |= NJ_CSV_SAW_NUMBER | kind << 1;
            return value;
        }
        // "true", "True" and "TRUE", but nothing between.
        bool capital = length > 1 && !(text[0] & 0x20), mixed = capital && !(text[1] & 0x20);
        bool regular = true;
        for (int64_t i = 1; i < length && i < 8; i++) regular = regular && !(text[i] & 0x20) == mixed;
        if (regular && equals(text, length, "true")) {
            column->seen |= NJ_CSV_SAW_BOOLEAN;
            return 1;
        }
        if (regular && equals(text, length, "false")) {
            column->seen |= NJ_CSV_SAW_BOOLEAN;
            return 0;
        }
        bool sign = text[0] == '-' || text[0] == '+';
        if (equals(text + sign, length - sign, "inf") || equals(text + sign, length - sign, "infinity")) {
            column->seen |= NJ_CSV_SAW_NUMBER | NJ_CSV_SAW_FRACTION;
            return text[0] == '-' ? -INFINITY : INFINITY;
        }
    }
    if (!(column->seen & NJ_CSV_SAW_TEXT)) {
        column->seen |= NJ_CSV_SAW_TEXT;
        column->text_line = line;
        column->text = span;
    }
    return NAN;
}

static void parse(nj_csv_piece *piece) {
    const nj_csv_format *f = piece->format;
    const uint8_t *p = piece->begin, *end = piece->end;
    int64_t line = 0, row = 0;
    piece->problem = check_bytes(f, p, end, &piece->problem_line);
    while (piece->problem == NJ_CSV_FINE && p < end) {
        if (*p <= ' ') {
            const uint8_t *q = after_blanks(f, p, end);
            if (q == end) break;
            if (is_line_end(*q)) {
                p = after_line_end(q, end);
                line++;
                continue;
            }
        }
        const int64_t first_line = line;
        const uint8_t *start = p;
        int field = 0;
        bool room = row < piece->capacity;
        for (; room; ) {
            nj_csv_column *column = &piece->columns[field];
            bool quoted;
            nj_csv_span span;
            if (column->kind == NJ_CSV_NUMBER) {
                double value;
                unsigned kind;
                const uint8_t *q = nj_read_number(p, f->decimal, &value, &kind);
                if (q && q <= end && (q == end || ends_field(f, *q)) && !(f->number_missing && is_missing(f, p, q - p))) {
                    column->seen |= NJ_CSV_SAW_NUMBER | kind << 1;
                    column->numbers[row] = value;
                    p = q;
                } else if (p == end || ends_field(f, *p)) {
                    column->numbers[row] = NAN;
                } else {
                    int64_t at = line;
                    p = read_field(f, p, end, &span, &quoted, &line, &piece->problem);
                    if (!p) break;
                    column->numbers[row] = read_unusual(f, column, span, at);
                }
            } else {
                p = read_field(f, p, end, &span, &quoted, &line, &piece->problem);
                if (!p) break;
                // Text in quotes stands for itself, unless it is empty.
                if (column->kind == NJ_CSV_TEXT) {
                    if (span.length == 0 || (!quoted && is_missing(f, span.start, span.length))) span.start = NULL;
                    column->texts[row] = span;
                }
            }
            field++;
            if (p < end && *p == f->delimiter && field < f->columns) {
                p++;
                continue;
            }
            break;
        }
        if (piece->problem != NJ_CSV_FINE) {
            piece->problem_line = line;
            break;
        }
        if (!room || field != f->columns || (p < end && *p == f->delimiter)) {
            // Count the record's fields for the message.
            int64_t lines = 0, fields = 0, where = 0;
            nj_csv_problem problem = NJ_CSV_FINE;
            nj_csv_record(f, start, end, NULL, 0, &fields, &lines, &problem, &where);
            piece->problem = problem == NJ_CSV_FINE ? NJ_CSV_RAGGED : problem;
            piece->problem_line = first_line + (problem == NJ_CSV_FINE ? 0 : where);
            piece->fields = fields;
            break;
        }
        row++;
        if (p < end) {
            p = after_line_end(p, end);
            line++;
        }
    }
    piece->rows = row;
    piece->lines = line;
}

void nj_csv_parse(void *pieces, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) parse((nj_csv_piece *)pieces + i);
}

const uint8_t *nj_csv_record(
    const nj_csv_format *f, const uint8_t *p, const uint8_t *end, nj_csv_span *spans, int64_t limit,
    int64_t *fields, int64_t *lines, nj_csv_problem *problem, int64_t *problem_line) {
    *fields = 0;
    *problem = NJ_CSV_FINE;
    int64_t first = *lines;
    const uint8_t *start = p;
    const uint8_t *q = after_blanks(f, p, end);
    if (q == end) return end;
    if (is_line_end(*q)) {
        ++*lines;
        return after_line_end(q, end);
    }
    while (p <= end) {
        nj_csv_span span;
        bool quoted;
        int64_t line = *lines;
        p = read_field(f, p, end, &span, &quoted, lines, problem);
        if (!p) {
            *problem_line = line;
            return NULL;
        }
        if (*fields < limit) spans[*fields] = span;
        ++*fields;
        if (p < end && *p == f->delimiter) {
            p++;
            continue;
        }
        break;
    }
    const uint8_t *last = p < end ? after_line_end(p, end) : end;
    if (p < end) ++*lines;
    *problem = check_bytes(f, start, p, problem_line);
    *problem_line += first;
    return *problem == NJ_CSV_FINE ? last : NULL;
}

const uint8_t *nj_csv_last_end(uint8_t quote, const uint8_t *begin, const uint8_t *target) {
    const uint8_t *found = begin, *p = begin;
    while (p < target) {
        const uint8_t *open = quote ? memchr(p, quote, (size_t)(target - p)) : NULL;
        const uint8_t *stop = open ? open : target;
        const uint8_t *line = memrchr(p, '\n', (size_t)(stop - p));
        if (line) found = line + 1;
        if (!open) break;
        const uint8_t *close = memchr(open + 1, quote, (size_t)(target - open - 1));
        if (!close) break;
        p = close + 1;
    }
    return found;
}

int64_t nj_csv_copy(uint8_t quote, nj_csv_span span, uint8_t *target) {
    if (span.length >= 0) {
        memcpy(target, span.start, (size_t)span.length);
        return span.length;
    }
    int64_t length = -span.length - 1, n = 0;
    for (int64_t i = 0; i < length; i++) {
        target[n++] = span.start[i];
        if (span.start[i] == quote) i++;
    }
    return n;
}
