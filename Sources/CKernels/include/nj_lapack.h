// Factorizations of matrices, by LAPACK. The library is loaded when it is first needed, so that
// programs that do not use it start without it.
#pragma once

#include "nj_core.h"

// Matrices are column-major without gaps, of float32 or float64. All functions return LAPACK's
// `info`: 0 when done, positive when the numbers did not allow it; or one of these.
enum { NJ_LAPACK_MISSING = -1000, NJ_LAPACK_NO_MEMORY = -1001 };

// Whether the library could be loaded.
bool nj_lapack_available(void);
// Name and build of the library, NULL when there is none.
const char *nj_lapack_version(void);

// a = P L U, in place.
int nj_lu(nj_dtype type, int n, void *a, int32_t *pivots);
// Solves a x = b, or aᵀ x = b, for the k columns of b, in place.
int nj_lu_solve(nj_dtype type, bool transposed, int n, int k, const void *lu, const int32_t *pivots, void *b);
int nj_triangular_solve(
    nj_dtype type, bool upper, bool transposed, bool unit, int n, int k, const void *a, void *b);
// a = L Lᵀ, or Uᵀ U; the other triangle is left as it is.
int nj_cholesky(nj_dtype type, bool upper, int n, void *a);
// a (m×n) = Q R: R is left in the upper triangle of a, and the first k columns of Q in q (m×k).
int nj_qr(nj_dtype type, int m, int n, int k, void *a, void *q);
// a (m×n) = U diag(s) Vᵀ, all of U and V or the first min(m, n) columns; only s when u is NULL.
int nj_svd(nj_dtype type, bool full, int m, int n, void *a, void *s, void *u, void *vt);
// Eigenvalues, ascending, of a symmetric matrix given by one triangle, and the vectors in place of a.
int nj_eigh(nj_dtype type, bool vectors, bool upper, int n, void *a, void *values);
// Eigenvalues of any matrix, and right eigenvectors: a pair of complex ones is kept as the real part
// in one column and the imaginary part in the next.
int nj_eig(nj_dtype type, int n, void *a, void *real, void *imaginary, void *vectors);
