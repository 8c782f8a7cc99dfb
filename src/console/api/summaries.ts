// What each route does, in a line: for the OpenAPI document.

export const summaries: Readonly<Record<string, string>> = {
  'GET /api/events': 'Lists events, newest first.',
  'GET /api/events/stream': 'The newest events with their bodies, one JSON object a line.',
  'GET /api/events/:id': 'One event with its body, its runs and its deliveries.',
  'GET /api/events/:id/why': 'Why each workflow took the event or did not, with the values it saw.',
  'POST /api/events/:id/replay': 'Starts over as new runs with new keys.',
  'GET /api/config': 'The workflow file in use, and why a newer one is refused.',
  'POST /api/reload': 'Loads the workflow file anew, whole or not at all.',
  'GET /api/runs': 'Lists runs, newest first.',
  'GET /api/runs/:id': 'One run with its steps, its attempts and what it asks of a person.',
  'POST /api/runs/:id/retry': 'Goes on at the failed step, by the file it began with or by the latest.',
  'POST /api/runs/:id/cancel': 'Gives the run up; an attempt under way ends by what was sent.',
  'POST /api/runs/:id/resolve': 'Answers a step in doubt: it happened, or do it again.',
  'GET /api/deliveries': 'Lists deliveries, refused and repeated ones too, newest first.',
  'GET /api/deliveries/:id': 'One delivery with its headers, and its body when it differs from that of its event.',
  'GET /api/changes':
    'Says "changed" whenever something did, as server-sent events; clients read again what they show.',
  'GET /api/overview': 'The last hour minute by minute, and what waits for a person.',
  'GET /api/attention': 'Held and failed runs, alike ones together.',
  'GET /api/audit': 'What people changed over this API, newest first.',
  'GET /api/bulk': 'How far the bulk change is.',
  'POST /api/bulk/count': 'How many failed runs a filter takes.',
  'POST /api/bulk': 'Retries or cancels as many runs as were counted, at a rate.',
  'POST /api/bulk/stop': 'Stops the bulk change after the run under way.',
  'GET /api/workflows': 'The workflows of the file in use, with their steps, guarantees and counts of a day.',
  'GET /api/workflows/:name': 'One workflow with its lines of the file.',
  'POST /api/workflows/:name/pause': 'Holds its runs before their next step; its events are taken as before.',
  'POST /api/workflows/:name/resume': 'Lets its runs go on.',
  'GET /api/connections': 'Every connection: its state, its limits, what it is busy with and what waits for it.',
  'POST /api/connections/:name/pause': 'Makes no more calls over it; the runs that need it are held.',
  'POST /api/connections/:name/resume': 'Lets its runs go on.',
  'POST /api/connections/:name/check': 'Makes the call that proves its credentials and changes nothing.',
  'GET /api/sandbox': 'What the sandboxes of dev hold.',
  'GET /api/playground/samples': 'A sample of every event type of the sources.',
  'POST /api/playground/check': 'Every problem of a workflow text. Nothing is kept.',
  'POST /api/playground/complete': 'What may stand at a cursor of a workflow text.',
  'POST /api/playground/try': 'What a workflow text makes of an event. Nothing is sent.',
  'GET /api/status': 'What the process says of itself, with the counts of the store.',
};

/** What the names in the addresses stand for. */
export const parameters: Readonly<Record<string, string>> = {
  id: 'id of the event, run or delivery',
  name: 'name of the connection or workflow, as in the file',
};
