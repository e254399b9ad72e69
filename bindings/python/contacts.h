#ifndef PGAII_PYTHON_CONTACTS_H
#define PGAII_PYTHON_CONTACTS_H

#include <Python.h>

/** The type pgai._pgai.ContactsBase, from which pgai.Contacts is derived: its options,
 * its key, and which client a call goes to. */
extern PyType_Spec pgaii_py_contacts_spec;

#endif
