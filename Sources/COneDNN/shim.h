// The part of oneDNN's interface that differs between its versions 2 and 3, in one form.
#pragma once

#include <dnnl.h>

// Describes memory with any strides, in elements.
static inline dnnl_status_t nj_dnnl_describe(
    dnnl_memory_desc_t *description, int rank, const dnnl_dim_t *sizes, const dnnl_dim_t *strides) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_memory_desc_create_with_strides(description, rank, sizes, dnnl_f32, strides);
#else
    return dnnl_memory_desc_init_by_strides(description, rank, sizes, dnnl_f32, strides);
#endif
}

static inline void nj_dnnl_forget(dnnl_memory_desc_t *description) {
#if DNNL_VERSION_MAJOR >= 3
    if (*description) dnnl_memory_desc_destroy(*description);
#else
    (void)description;
#endif
}

static inline dnnl_status_t nj_dnnl_memory(dnnl_memory_t *memory, dnnl_memory_desc_t *description, dnnl_engine_t engine) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_memory_create(memory, *description, engine, DNNL_MEMORY_NONE);
#else
    return dnnl_memory_create(memory, description, engine, DNNL_MEMORY_NONE);
#endif
}

// A primitive for the product of two matrices and, unless NULL, a row added to all rows.
static inline dnnl_status_t nj_dnnl_matmul(
    dnnl_primitive_t *primitive, dnnl_engine_t engine, dnnl_memory_desc_t *a, dnnl_memory_desc_t *b,
    dnnl_memory_desc_t *bias, dnnl_memory_desc_t *c) {
    dnnl_primitive_desc_t description;
#if DNNL_VERSION_MAJOR >= 3
    dnnl_status_t status = dnnl_matmul_primitive_desc_create(&description, engine, *a, *b, bias ? *bias : NULL, *c, NULL);
#else
    dnnl_matmul_desc_t operation;
    dnnl_status_t status = dnnl_matmul_desc_init(&operation, a, b, bias, c);
    if (status == dnnl_success) status = dnnl_primitive_desc_create(&description, &operation, NULL, engine, NULL);
#endif
    if (status != dnnl_success) return status;
    status = dnnl_primitive_create(primitive, description);
    dnnl_primitive_desc_destroy(description);
    return status;
}
