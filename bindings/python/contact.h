#ifndef PGAII_PYTHON_CONTACT_H
#define PGAII_PYTHON_CONTACT_H

#include <Python.h>

#include <pgai/contact.h>

#include "state.h"

/** The type pgai.Contact.
 *
 * An object holds bytes only, so no cycle can go through it, and the collector need not
 * look at contacts, of which there may be millions. Values are made when they are read.
 */
extern PyType_Spec pgaii_py_contact_spec;

/** Give the type what a spec cannot express: __match_args__.
 *
 * @return 0; -1 with an exception set. */
int pgaii_py_contact_finish(pgaii_py_state *state);

/** The exact JSON text of a pgai.Contact, which lives as long as that. */
pgai_text pgaii_py_contact_json(PyObject *contact);

/** A new pgai.Contact, which needs @p contact no more. NULL with an exception set. */
PyObject *pgaii_py_contact(pgaii_py_state *state, const pgai_contact *contact);

#endif
