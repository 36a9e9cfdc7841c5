// LAPACK, loaded on demand. Fortran passes everything by reference, and the lengths of strings by
// value after all arguments.

#include "nj_lapack.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void *library;
static void (*set_threads)(int);

// Each routine in single and double precision.
#define ROUTINES(X) X(getrf) X(getrs) X(trtrs) X(potrf) X(geqrf) X(orgqr) X(gesdd) X(syevd) X(geev)
enum {
#define INDEX(NAME) NAME,
    ROUTINES(INDEX)
#undef INDEX
        COUNT
};
static void *routines[COUNT][2];

static void load(void) {
    // OpenBLAS holds LAPACK as well and is much the fastest; the others are LAPACK by itself.
    static const char *const names[] = {"libopenblas.so.0", "libopenblas.so", "liblapack.so.3", "liblapack.so"};
    static const char *const routine_names[COUNT] = {
#define NAME(N) #N,
        ROUTINES(NAME)
#undef NAME
    };
    for (size_t i = 0; i < sizeof names / sizeof *names && !library; i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    for (int i = 0; i < COUNT; i++) {
        for (int precision = 0; precision < 2; precision++) {
            char name[16] = {precision ? 'd' : 's'};
            strcat(strcat(name, routine_names[i]), "_");
            routines[i][precision] = dlsym(library, name);
            if (!routines[i][precision]) {
                library = NULL;
                return;
            }
        }
    }
    set_threads = (void (*)(int))dlsym(library, "openblas_set_num_threads");
}

bool nj_lapack_available(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static int threads;
    pthread_once(&once, load);
    if (!library) return false;
    if (set_threads && threads != nj_num_threads()) {
        threads = nj_num_threads();
        set_threads(threads);
    }
    return true;
}

const char *nj_lapack_version(void) {
    if (!nj_lapack_available()) return NULL;
    const char *(*config)(void) = (const char *(*)(void))dlsym(library, "openblas_get_config");
    return config ? config() : "reference LAPACK";
}

#define BEGIN(NAME, ...)                                                                         \
    if (!nj_lapack_available()) return NJ_LAPACK_MISSING;                                        \
    void (*call)(__VA_ARGS__) = (void (*)(__VA_ARGS__))routines[NAME][type == NJ_FLOAT64];       \
    int info = 0

typedef const int *in;
typedef const char *text;

// The size that a routine asked for, which it left as a floating point number.
static int wanted(nj_dtype type, const double *answer) {
    if (type == NJ_FLOAT64) return (int)*answer;
    float single;
    memcpy(&single, answer, sizeof single);
    // Rounding to single precision may have made it smaller.
    return (int)(single + single / (1 << 22)) + 1;
}

static size_t size_of(nj_dtype type) { return type == NJ_FLOAT64 ? 8 : 4; }

static int larger(int a, int b) { return a > b ? a : b; }
static int smaller(int a, int b) { return a < b ? a : b; }

int nj_lu(nj_dtype type, int n, void *a, int32_t *pivots) {
    BEGIN(getrf, in, in, void *, in, int32_t *, int *);
    if (n) call(&n, &n, a, &n, pivots, &info);
    return info;
}

int nj_lu_solve(nj_dtype type, bool transposed, int n, int k, const void *lu, const int32_t *pivots, void *b) {
    BEGIN(getrs, text, in, in, const void *, in, const int32_t *, void *, in, int *, size_t);
    if (n && k) call(transposed ? "T" : "N", &n, &k, lu, &n, pivots, b, &n, &info, 1);
    return info;
}

int nj_triangular_solve(
    nj_dtype type, bool upper, bool transposed, bool unit, int n, int k, const void *a, void *b) {
    BEGIN(trtrs, text, text, text, in, in, const void *, in, void *, in, int *, size_t, size_t, size_t);
    if (n && k) call(upper ? "U" : "L", transposed ? "T" : "N", unit ? "U" : "N", &n, &k, a, &n, b, &n, &info, 1, 1, 1);
    return info;
}

int nj_cholesky(nj_dtype type, bool upper, int n, void *a) {
    BEGIN(potrf, text, in, void *, in, int *, size_t);
    if (n) call(upper ? "U" : "L", &n, a, &n, &info, 1);
    return info;
}

static int orthogonal(nj_dtype type, int m, int k, int reflectors, void *q, const void *tau) {
    BEGIN(orgqr, in, in, in, void *, in, const void *, void *, in, int *);
    double answer = 0;
    int size = -1;
    call(&m, &k, &reflectors, q, &m, tau, &answer, &size, &info);
    size = wanted(type, &answer);
    void *work = malloc((size_t)size * size_of(type));
    if (!work) return NJ_LAPACK_NO_MEMORY;
    call(&m, &k, &reflectors, q, &m, tau, work, &size, &info);
    free(work);
    return info;
}

int nj_qr(nj_dtype type, int m, int n, int k, void *a, void *q) {
    BEGIN(geqrf, in, in, void *, in, void *, void *, in, int *);
    int reflectors = smaller(m, n), rows = larger(m, 1);
    double answer = 0;
    int size = -1;
    call(&m, &n, a, &rows, &answer, &answer, &size, &info);
    size = larger(wanted(type, &answer), 1);
    void *work = malloc(((size_t)size + (size_t)reflectors + 1) * size_of(type));
    if (!work) return NJ_LAPACK_NO_MEMORY;
    char *tau = (char *)work + (size_t)size * size_of(type);
    if (reflectors) call(&m, &n, a, &rows, tau, work, &size, &info);
    if (info == 0 && q && m && k) {
        // The reflectors stand below the diagonal of a.
        size_t bytes = (size_t)m * (size_t)smaller(n, k) * size_of(type);
        memcpy(q, a, bytes);
        if (k > n) memset((char *)q + bytes, 0, (size_t)m * (size_t)(k - n) * size_of(type));
        info = orthogonal(type, m, k, smaller(reflectors, k), q, tau);
    }
    free(work);
    return info;
}

int nj_svd(nj_dtype type, bool full, int m, int n, void *a, void *s, void *u, void *vt) {
    BEGIN(gesdd, text, in, in, void *, in, void *, void *, in, void *, in, void *, in, int *, int *, size_t);
    int least = smaller(m, n), rows = full ? n : least;
    if (least == 0) return 0;
    const char *job = !u ? "N" : full ? "A" : "S";
    double answer = 0;
    int size = -1, one = 1;
    int *integers = malloc(8 * (size_t)least * sizeof *integers);
    if (!integers) return NJ_LAPACK_NO_MEMORY;
    if (!u) {
        rows = 1;
        u = vt = &answer;
    }
    in columns = *job == 'N' ? &one : &m;
    call(job, &m, &n, a, &m, s, u, columns, vt, &rows, &answer, &size, integers, &info, 1);
    size = wanted(type, &answer);
    void *work = malloc((size_t)size * size_of(type));
    if (work) call(job, &m, &n, a, &m, s, u, columns, vt, &rows, work, &size, integers, &info, 1);
    else info = NJ_LAPACK_NO_MEMORY;
    free(work);
    free(integers);
    return info;
}

int nj_eigh(nj_dtype type, bool vectors, bool upper, int n, void *a, void *values) {
    BEGIN(syevd, text, text, in, void *, in, void *, void *, in, int *, in, int *, size_t, size_t);
    if (n == 0) return 0;
    double answer = 0;
    int size = -1, count = -1, integer_answer = 0;
    const char *job = vectors ? "V" : "N", *triangle = upper ? "U" : "L";
    call(job, triangle, &n, a, &n, values, &answer, &size, &integer_answer, &count, &info, 1, 1);
    size = wanted(type, &answer);
    count = integer_answer;
    void *work = malloc((size_t)size * size_of(type));
    int *integers = malloc((size_t)count * sizeof *integers);
    if (work && integers) call(job, triangle, &n, a, &n, values, work, &size, integers, &count, &info, 1, 1);
    else info = NJ_LAPACK_NO_MEMORY;
    free(work);
    free(integers);
    return info;
}

int nj_eig(nj_dtype type, int n, void *a, void *real, void *imaginary, void *vectors) {
    BEGIN(geev, text, text, in, void *, in, void *, void *, void *, in, void *, in, void *, in, int *, size_t, size_t);
    if (n == 0) return 0;
    double answer = 0;
    int size = -1, one = 1;
    call("N", "V", &n, a, &n, real, imaginary, &answer, &one, vectors, &n, &answer, &size, &info, 1, 1);
    size = wanted(type, &answer);
    void *work = malloc((size_t)size * size_of(type));
    if (!work) return NJ_LAPACK_NO_MEMORY;
    call("N", "V", &n, a, &n, real, imaginary, &answer, &one, vectors, &n, work, &size, &info, 1, 1);
    free(work);
    return info;
}
