// The C side of file formats: parsers that must be fast, and libraries whose errors jump.
#pragma once

#include "nj_csv.h"
#include "nj_digest.h"
#include "nj_image.h"
#include "nj_number.h"
