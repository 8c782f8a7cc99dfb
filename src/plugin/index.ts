// The public API of Hookline: everything a connector or a source imports, as `hookline/plugin`.

export { defineAction, defineConnector, defineSource } from './define.ts';
export type {
  Action,
  ActionDefinition,
  Attempt,
  Connector,
  ConnectorDefinition,
  Effect,
  EventDefinition,
  Identity,
  Log,
  ReceivedDelivery,
  SampleSeed,
  Sandbox,
  SandboxItem,
  SandboxOptions,
  Source,
  SourceDefinition,
  StartSandbox,
  Tools,
} from './define.ts';
export {
  ActionError,
  ConnectionError,
  outcomeSymbol,
  parseRetryAfter,
  PermanentError,
  RetryableError,
  UnknownOutcomeError,
} from './errors.ts';
export type { ErrorOutcome } from './errors.ts';
export type { FromSchema, Schema } from './schema.ts';
export type { RawRequest, SignatureReason, SignatureScheme, Verdict } from './signature.ts';
