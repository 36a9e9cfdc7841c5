// The C side of Nightjar's tensors: memory, threads, interrupts and vector kernels.
#pragma once

#include "nj_core.h"
#include "nj_elementwise.h"
#include "nj_indexing.h"
#include "nj_loop.h"
#include "nj_product.h"
