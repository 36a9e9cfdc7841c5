#ifndef NJ_CCAIRO_SHIM_H
#define NJ_CCAIRO_SHIM_H

#include <cairo/cairo.h>
#include <cairo/cairo-pdf.h>
#include <cairo/cairo-svg.h>
#include <dlfcn.h>
#include <stddef.h>

/* The functions in use. Linking libcairo would cost every start of the program 1.2-1.7 ms (it brings 20
   shared libraries), so they are looked up in the library when the first picture is drawn. */
#define NJ_CAIRO_FUNCTIONS(F) \
    F(cairo_arc) F(cairo_clip) F(cairo_close_path) F(cairo_create) F(cairo_destroy) \
    F(cairo_fill) F(cairo_fill_preserve) F(cairo_font_extents) F(cairo_font_options_create) \
    F(cairo_font_options_destroy) F(cairo_font_options_set_antialias) \
    F(cairo_font_options_set_hint_metrics) F(cairo_font_options_set_hint_style) \
    F(cairo_image_surface_create) F(cairo_image_surface_get_data) F(cairo_image_surface_get_stride) \
    F(cairo_line_to) F(cairo_move_to) F(cairo_new_path) F(cairo_paint) F(cairo_pattern_set_filter) \
    F(cairo_pdf_surface_create_for_stream) F(cairo_pdf_surface_set_metadata) F(cairo_rectangle) \
    F(cairo_restore) F(cairo_rotate) F(cairo_save) F(cairo_scale) F(cairo_select_font_face) \
    F(cairo_set_antialias) F(cairo_set_dash) F(cairo_set_font_options) F(cairo_set_font_size) \
    F(cairo_set_line_cap) F(cairo_set_line_join) F(cairo_set_line_width) F(cairo_set_source_rgba) \
    F(cairo_set_source_surface) F(cairo_get_source) F(cairo_show_text) F(cairo_status) \
    F(cairo_status_to_string) F(cairo_stroke) F(cairo_surface_destroy) F(cairo_surface_finish) \
    F(cairo_surface_flush) F(cairo_surface_mark_dirty) F(cairo_surface_status) \
    F(cairo_surface_write_to_png_stream) F(cairo_svg_surface_create_for_stream) \
    F(cairo_text_extents) F(cairo_translate) F(cairo_version_string)

struct nj_cairo {
#define NJ_FIELD(name) __typeof__(name) *name;
    NJ_CAIRO_FUNCTIONS(NJ_FIELD)
#undef NJ_FIELD
};

/* Opens the library and fills the table; the answer is NULL or what is missing. */
static inline const char *nj_cairo_load(struct nj_cairo *table) {
    void *library = dlopen("libcairo.so.2", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return dlerror();
#define NJ_LOAD(name) \
    *(void **)&table->name = dlsym(library, #name); \
    if (table->name == NULL) return "libcairo.so.2 lacks " #name;
    NJ_CAIRO_FUNCTIONS(NJ_LOAD)
#undef NJ_LOAD
    return NULL;
}

#endif
