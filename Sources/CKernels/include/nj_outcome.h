// How a long kernel ended.
#pragma once

typedef enum { NJ_DONE, NJ_STOPPED, NJ_NO_MEMORY } nj_outcome;
