// The records of the sandbox: what Salesforce checks before it saves one, ids, external ids, deletion.

import type { Catalogue, Field, SObject } from './sandbox-objects.ts';
import { complaintAbout, type Value } from './sandbox-values.ts';

/** A refusal as the REST API words it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly string[];

  constructor(status: number, code: string, message: string, fields: readonly string[] = []) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

export interface StoredRecord {
  readonly id: string;
  readonly object: SObject;
  /** Field name as the catalogue writes it → value. */
  readonly values: Record<string, Value>;
  /** What the sandbox let pass that an org might refuse. */
  readonly notes: Set<string>;
  deleted: boolean;
}

export interface Org {
  readonly strict: boolean;
  readonly now: () => number;
  readonly catalogue: Catalogue;
  /** Id of 18 characters → record, oldest first, deleted ones included. */
  readonly records: Map<string, StoredRecord>;
}

const user = '005000000000001AAA';

export function createRecord(org: Org, object: SObject, body: Readonly<Record<string, unknown>>): StoredRecord {
  const id = createId(object.prefix, org.records.size + 1);
  const record: StoredRecord = { id, object, values: { Id: id }, notes: new Set(), deleted: false };
  if (object.assumed)
    record.notes.add(`object "${object.name}" must exist in the org; the sandbox takes any custom one`);
  const given = new Set(Object.keys(body).map((name) => name.toLowerCase()));
  const fields = [...object.fields.values()];
  requireFields(fields.filter((field) => field.required && !given.has(field.name.toLowerCase())));
  updateRecord(org, record, body);
  for (const { name, fallback } of fields) if (fallback !== undefined) record.values[name] ??= fallback;
  Object.assign(record.values, { CreatedDate: record.values['LastModifiedDate'], CreatedById: user, IsDeleted: false });
  org.records.set(id, record);
  return record;
}

/** Checks everything before it changes anything. */
export function updateRecord(org: Org, record: StoredRecord, body: Readonly<Record<string, unknown>>): void {
  const values: Record<string, Value> = {};
  const notes: string[] = [];
  for (const [field, value] of readBody(org, record.object, body)) {
    values[field.name] = value;
    if (value !== null) checkUnique(org, record, field, value);
    if (field.assumed) notes.push(`field "${field.name}" must exist in the org; the sandbox takes any custom one`);
    if (field.type === 'reference' && field.name !== 'OwnerId' && value !== null && !hasId(org, String(value))) {
      if (org.strict) throw unknownReference(field.name);
      notes.push(`"${field.name}" points to a record that the sandbox does not have`);
    }
  }
  const at = new Date(org.now()).toISOString();
  Object.assign(record.values, values, { LastModifiedDate: at, LastModifiedById: user, SystemModstamp: at });
  for (const note of notes) record.notes.add(note);
}

export function liveRecords(org: Org, object?: SObject): StoredRecord[] {
  const live = [...org.records.values()].filter((record) => !record.deleted);
  return object === undefined ? live : live.filter((record) => record.object === object);
}

/** Throws 404 `NOT_FOUND`. */
export function findObject(org: Org, name: string): SObject {
  const object = org.catalogue.object(name);
  if (!object) throw notFound('The requested resource does not exist');
  return object;
}

/** Throws 404 for a record that does not exist or no longer. */
export function findById(org: Org, object: SObject, id: string): StoredRecord {
  const record = [...org.records.values()].find((item) => item.id === id || item.id.slice(0, 15) === id);
  if (record?.deleted) throw new ApiError(404, 'ENTITY_IS_DELETED', 'entity is deleted');
  if (record?.object !== object) throw notFound('Provided external ID field does not exist or is not accessible: Id');
  return record;
}

/** Every live record with this value in this field. Throws 404 when the field is no external id. */
export function findByExternalId(org: Org, object: SObject, name: string, value: string): StoredRecord[] {
  const field = org.catalogue.field(object, name);
  if (!field?.externalId) throw notFound(`Provided external ID field does not exist or is not accessible: ${name}`);
  return liveRecords(org, object).filter((record) => isSame(record.values[field.name], value));
}

/** Fields as the catalogue knows them, and checked values. */
function readBody(org: Org, object: SObject, body: Readonly<Record<string, unknown>>): [Field, Value][] {
  return Object.entries(body).map(([name, value]) => {
    const field = org.catalogue.field(object, name);
    if (!field) throw new ApiError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
    if (field.readOnly) throw notWritable(field.name);
    const complaint = complaintAbout(field, value);
    if (complaint) throw new ApiError(400, complaint.code, complaint.message, complaint.named ? [field.name] : []);
    const blank = value === null || value === '';
    if (field.required && blank) requireFields([field]);
    return [field, blank ? null : (value as Value)];
  });
}

function checkUnique(org: Org, record: StoredRecord, field: Field, value: Value): void {
  if (!field.unique) return;
  const same = liveRecords(org, record.object).find(
    (other) => other !== record && isSame(other.values[field.name], value),
  );
  if (!same) return;
  const message = `duplicate value found: ${field.name} duplicates value on record with id: ${same.id.slice(0, 15)}`;
  throw new ApiError(400, 'DUPLICATE_VALUE', message);
}

function requireFields(absent: readonly Field[]): void {
  if (absent.length === 0) return;
  const names = absent.map((field) => field.name);
  throw new ApiError(400, 'REQUIRED_FIELD_MISSING', `Required fields are missing: [${names.join(', ')}]`, names);
}

function hasId(org: Org, id: string): boolean {
  return org.records.has(id) || [...org.records.keys()].some((known) => known.slice(0, 15) === id);
}

function unknownReference(name: string): ApiError {
  const message = 'insufficient access rights on cross-reference id';
  return new ApiError(400, 'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY', message, [name]);
}

function notWritable(name: string): ApiError {
  const message = `Unable to create/update fields: ${name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`;
  return new ApiError(400, 'INVALID_FIELD_FOR_INSERT_UPDATE', message, [name]);
}

function notFound(message: string): ApiError {
  return new ApiError(404, 'NOT_FOUND', message);
}

/** Texts are the same without regard to case. */
function isSame(one: Value | undefined, other: Value): boolean {
  if (one === null || one === undefined) return false;
  return String(one).toLowerCase() === String(other).toLowerCase();
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** 15 characters, and three that say which of them are capitals. */
function createId(prefix: string, number: number): string {
  const id = `${prefix}Sb${number.toString(36).toUpperCase().padStart(10, '0')}`;
  const suffix = [0, 5, 10].map((from) => {
    const bits = Array.from(id.slice(from, from + 5), (char, index) => (/[A-Z]/.test(char) ? 1 << index : 0));
    return alphabet[bits.reduce((sum, bit) => sum + bit, 0)];
  });
  return `${id}${suffix.join('')}`;
}
