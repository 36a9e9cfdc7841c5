// Tables as text with delimiters.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// How a field is stored.
typedef enum { NJ_CSV_SKIP, NJ_CSV_NUMBER, NJ_CSV_TEXT } nj_csv_kind;

// What a column of numbers met.
enum {
    NJ_CSV_SAW_NUMBER = 1,
    NJ_CSV_SAW_FRACTION = 2,
    NJ_CSV_SAW_LARGE = 4,     // a whole number that a double may not hold
    NJ_CSV_SAW_BOOLEAN = 8,
    NJ_CSV_SAW_TEXT = 16,
};

typedef struct {
    uint8_t delimiter;
    uint8_t quote;
    uint8_t decimal;
    bool latin1;               // bytes need not be UTF-8
    int columns;
    const char *const *missing;  // spellings of missing values, sorted by length
    const int *missing_lengths;
    int missing_count;
    bool number_missing;       // some of them read as numbers, such as -999
} nj_csv_format;

// A field in the text. `start` is NULL when it is missing; `length` is negative when it holds quotes
// written twice, its bytes being -length - 1.
typedef struct {
    const uint8_t *start;
    int64_t length;
} nj_csv_span;

typedef struct {
    nj_csv_kind kind;
    unsigned seen;
    // Where text stood in a column of numbers for the first time.
    int64_t text_line;
    nj_csv_span text;
    double *numbers;     // of a column of numbers; NaN is missing
    nj_csv_span *texts;  // of a column of text
} nj_csv_column;

typedef enum {
    NJ_CSV_FINE,
    NJ_CSV_RAGGED,      // `fields` of them
    NJ_CSV_UNCLOSED,    // the line is that of the opening quote
    NJ_CSV_MISPLACED,   // a quote inside a field that does not start with one
    NJ_CSV_AFTER_QUOTE, // text after a closing quote
    NJ_CSV_NUL,
    NJ_CSV_NOT_UTF8,
} nj_csv_problem;

// A piece of text that holds whole records.
typedef struct {
    const nj_csv_format *format;
    const uint8_t *begin;
    const uint8_t *end;       // followed by 32 bytes of 0
    nj_csv_column *columns;   // with room for `capacity` rows
    int64_t capacity;
    // Results.
    int64_t rows;
    int64_t lines;            // line ends met
    nj_csv_problem problem;
    int64_t problem_line;     // counted from 0 at `begin`
    int64_t fields;
} nj_csv_piece;

// Parses pieces `begin`..<`end` of an array of them.
void nj_csv_parse(void *pieces, int64_t begin, int64_t end);

// Splits one record into at most `limit` spans and returns the position after it. `fields` is the
// number of fields, which may exceed `limit`; 0 for an empty line.
const uint8_t *nj_csv_record(
    const nj_csv_format *format, const uint8_t *begin, const uint8_t *end, nj_csv_span *spans, int64_t limit,
    int64_t *fields, int64_t *lines, nj_csv_problem *problem, int64_t *problem_line);

// The last position at or before `target` where a record ends, for a text that starts with a record;
// `begin` when there is none.
const uint8_t *nj_csv_last_end(uint8_t quote, const uint8_t *begin, const uint8_t *target);

// Copies the text of a span, quotes undoubled, and returns its length, at most the span's.
int64_t nj_csv_copy(uint8_t quote, nj_csv_span span, uint8_t *target);
