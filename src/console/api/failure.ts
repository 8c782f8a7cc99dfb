// Every failure of the admin API as one form of answer: `{ error: { code, message, help } }`.

import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { HostError } from '../../core/errors.ts';
import { printable, type Log } from '../../core/log.ts';

export const failure = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: { code: { type: 'string' }, message: { type: 'string' }, help: { type: 'string' } },
      required: ['code', 'message', 'help'],
      additionalProperties: false,
    },
  },
  required: ['error'],
  additionalProperties: false,
} as const;

/** Answers what a route threw. Only errors of the host's own table are shown; anything else goes to the log. */
export function answerFailure(log: Log) {
  return (error: FastifyError | HostError, request: FastifyRequest, reply: FastifyReply) => {
    if (error instanceof HostError) {
      if (error.status === 503) void reply.header('retry-after', '5');
      return send(reply, error.status, error);
    }
    const status = error.statusCode ?? 500;
    if (status < 500) return send(reply, status, new HostError('input.invalid', { what: error.message }));
    log.error('an admin request failed', {
      method: request.method,
      path: request.routeOptions.url,
      error: error.message,
    });
    const help = 'The log of the running Hookline says why.';
    return send(reply, 500, { code: 'internal', message: 'the request failed inside Hookline', help });
  };
}

export function answerUnknown(request: FastifyRequest, reply: FastifyReply) {
  const [path = ''] = request.url.split('?');
  return send(reply, 404, new HostError('not.found', { what: 'the address', id: `${request.method} ${path}` }));
}

function send(reply: FastifyReply, status: number, error: { code: string; message: string; help: string }) {
  const { code, message, help } = error;
  return reply.code(status).send({ error: { code, message: printable(message), help: printable(help) } });
}

/** Names the field and what it should be, from the `description` of its schema. */
export function describeInvalid(errors: FastifySchemaValidationError[], where: string): Error {
  const [first] = errors;
  const place = where === 'querystring' ? 'filter' : 'field';
  const params = first?.params as { additionalProperty?: string; missingProperty?: string } | undefined;
  if (params?.additionalProperty !== undefined) {
    return invalid(`${place} "${params.additionalProperty}" does not exist`);
  }
  if (params?.missingProperty !== undefined) return invalid(`${place} "${params.missingProperty}" is missing`);
  const name = first?.instancePath.slice(1) ?? '';
  const expected = (first as { parentSchema?: { description?: string } } | undefined)?.parentSchema?.description;
  const subject = name === '' ? `the ${where}` : `${place} "${name}"`;
  return invalid(`${subject} is not valid: expected ${expected ?? 'a JSON object'}`);
}

function invalid(what: string): HostError {
  return new HostError('input.invalid', { what });
}
