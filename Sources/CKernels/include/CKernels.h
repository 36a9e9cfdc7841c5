// The C side of Nightjar's tensors: memory, threads, interrupts and vector kernels.
#pragma once

#include "nj_attention.h"
#include "nj_convolution.h"
#include "nj_core.h"
#include "nj_elementwise.h"
#include "nj_embedding.h"
#include "nj_indexing.h"
#include "nj_loop.h"
#include "nj_normalization.h"
#include "nj_pooling.h"
#include "nj_product.h"
#include "nj_reduce.h"
