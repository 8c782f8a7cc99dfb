// The REST API of the sandbox: versions, describe, records by id and by external id, queries with pages.

import type { Field, SObject } from './sandbox-objects.ts';
import { runQuery } from './sandbox-query.ts';
import {
  ApiError,
  createRecord,
  findByExternalId,
  findById,
  findObject,
  updateRecord,
  type Org,
  type StoredRecord,
} from './sandbox-records.ts';
import { QueryError } from './sandbox-soql.ts';

export interface Answer {
  readonly status: number;
  /** Sent as JSON; undefined: no body. */
  readonly body?: unknown;
}

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly text: string;
}

interface Call extends RestRequest {
  readonly org: Org;
  /** `/services/data/v62.0` */
  readonly base: string;
  readonly version: number;
}

/** Records of one page. An org chooses the size by itself, often below its 2,000. */
const pageSize = 200;
/** From here on an upsert that updates is answered with a body. */
const bodyOnUpdateFrom = 46;

/** A refusal in the words of the REST API. */
export function refuse(status: number, errorCode: string, message: string, fields: readonly string[] = []): Answer {
  return { status, body: [{ message, errorCode, ...(fields.length > 0 ? { fields } : {}) }] };
}

export function answerRest(org: Org, request: RestRequest): Answer {
  const match = /^(\/services\/data\/v(\d{2,3})\.0)(?:\/(.*))?$/s.exec(request.path);
  if (!match) return refuse(404, 'NOT_FOUND', 'The requested resource does not exist');
  const call = { ...request, org, base: match[1] ?? '', version: Number(match[2]) };
  try {
    const [resource = '', ...rest] = (match[3] ?? '').split('/').map(decodeURIComponent);
    if (resource === 'sobjects') return answerSObjects(call, rest);
    if (request.method !== 'GET') return notAllowed(request.method);
    if (resource === 'query') return answerQuery(call, rest[0]);
    if (resource === 'limits') return { status: 200, body: { DailyApiRequests: { Max: 15_000, Remaining: 15_000 } } };
    if (resource !== '') return refuse(404, 'NOT_FOUND', 'The requested resource does not exist');
    return { status: 200, body: { sobjects: `${call.base}/sobjects`, query: `${call.base}/query` } };
  } catch (error) {
    if (error instanceof ApiError) return refuse(error.status, error.code, error.message, error.fields);
    if (error instanceof QueryError) return refuse(400, error.code, error.message);
    if (error instanceof SyntaxError) return refuse(400, 'JSON_PARSER_ERROR', error.message);
    if (error instanceof URIError) return refuse(404, 'NOT_FOUND', 'The requested resource does not exist');
    throw error;
  }
}

function answerSObjects(call: Call, path: readonly string[]): Answer {
  const [objectName, key, value] = path;
  const { org, method } = call;
  if (objectName === undefined) {
    const sobjects = [...org.catalogue.objects.values()].map(({ name, prefix }) => ({ name, keyPrefix: prefix }));
    return method === 'GET' ? { status: 200, body: { sobjects } } : notAllowed(method);
  }
  const object = findObject(org, objectName);
  if (key === 'describe' && method === 'GET') return { status: 200, body: describe(object) };
  if (key === undefined) {
    if (method !== 'POST') return notAllowed(method);
    const { id } = createRecord(org, object, readJson(call));
    return { status: 201, body: { id, success: true, errors: [] } };
  }
  if (value !== undefined && method === 'PATCH') return upsert(call, object, key, value);
  const found = value === undefined ? [findById(org, object, key)] : findByExternalId(org, object, key, value);
  if (found.length > 1) return severalFound(call, found);
  const [record] = found;
  if (!record) return refuse(404, 'NOT_FOUND', 'The requested resource does not exist');
  if (method === 'GET') return { status: 200, body: row(call.base, record, Object.keys(record.values)) };
  if (method === 'PATCH') updateRecord(org, record, readJson(call));
  else if (method === 'DELETE') record.deleted = true;
  else return notAllowed(method);
  return { status: 204 };
}

function upsert(call: Call, object: SObject, fieldName: string, value: string): Answer {
  const { org, version } = call;
  const found = findByExternalId(org, object, fieldName, value);
  if (found.length > 1) return severalFound(call, found);
  const body = readJson(call);
  if (Object.keys(body).some((name) => name.toLowerCase() === fieldName.toLowerCase())) {
    return refuse(400, 'INVALID_FIELD', `The ${fieldName} field should not be specified in the sobject data.`);
  }
  const [record] = found;
  if (!record) {
    const { id } = createRecord(org, object, { ...body, [fieldName]: value });
    return { status: 201, body: { id, success: true, errors: [], created: true } };
  }
  updateRecord(org, record, body);
  if (version < bodyOnUpdateFrom) return { status: 204 };
  return { status: 200, body: { id: record.id, success: true, errors: [], created: false } };
}

function answerQuery(call: Call, locator: string | undefined): Answer {
  const [encoded = '', offset = '0'] = (locator ?? '').split('.');
  const soql = locator === undefined ? call.query.get('q') : Buffer.from(encoded, 'base64url').toString();
  const from = Number(offset);
  const { rows, fields } = runQuery(call.org, soql ?? '');
  const records = rows.slice(from, from + pageSize).map((record) => row(call.base, record, fields));
  const next = from + pageSize;
  const done = next >= rows.length;
  const following = `${call.base}/query/${Buffer.from(soql ?? '').toString('base64url')}.${next}`;
  return {
    status: 200,
    body: { totalSize: rows.length, done, ...(done ? {} : { nextRecordsUrl: following }), records },
  };
}

function row(base: string, { id, object, values }: StoredRecord, fields: readonly string[]): Record<string, unknown> {
  const attributes = { type: object.name, url: `${base}/sobjects/${object.name}/${id}` };
  return { attributes, ...Object.fromEntries(fields.map((name) => [name, values[name] ?? null])) };
}

function severalFound({ base }: Call, found: readonly StoredRecord[]): Answer {
  return { status: 300, body: found.map(({ id, object }) => `${base}/sobjects/${object.name}/${id}`) };
}

function describe(object: SObject): unknown {
  const fields = [...object.fields.values()].map((field: Field) => ({
    name: field.name,
    type: field.type,
    length: field.length,
    nillable: !field.required,
    createable: !field.readOnly,
    updateable: !field.readOnly,
    externalId: field.externalId,
    unique: field.unique,
    custom: field.name.endsWith('__c'),
  }));
  return { name: object.name, keyPrefix: object.prefix, custom: object.assumed, fields };
}

/** Throws `SyntaxError` for a body that is no JSON. */
function readJson({ text }: Call): Record<string, unknown> {
  const body = (text === '' ? null : JSON.parse(text)) as unknown;
  if (body !== null && typeof body === 'object' && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new ApiError(
    400,
    'JSON_PARSER_ERROR',
    'The HTTP entity body is required, but this request has no entity body.',
  );
}

function notAllowed(method: string): Answer {
  return refuse(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${method}' not allowed.`);
}
