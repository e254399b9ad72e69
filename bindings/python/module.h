#ifndef PGAII_PYTHON_MODULE_H
#define PGAII_PYTHON_MODULE_H

#include <Python.h>

/** What Python calls to load the module; the only symbol that is exported. */
PyMODINIT_FUNC PyInit__pgai(void);

#endif
