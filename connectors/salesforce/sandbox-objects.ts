// The objects of the sandbox and their standard fields, as the documentation of the REST API lists them.

export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'picklist'
  | 'email'
  | 'phone'
  | 'url'
  | 'int'
  | 'double'
  | 'currency'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'reference';

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Characters of a text. */
  readonly length: number;
  /** Must be given when a record is created. */
  readonly required: boolean;
  readonly readOnly: boolean;
  /** Set by Salesforce when a record is created without it. */
  readonly fallback: string | undefined;
  readonly externalId: boolean;
  readonly unique: boolean;
  /** A custom field of the user's org, which the sandbox takes without knowing it: any plain value. */
  readonly assumed: boolean;
}

export interface SObject {
  readonly name: string;
  /** First three characters of its ids. */
  readonly prefix: string;
  /** Lower-case name → field. */
  readonly fields: Map<string, Field>;
  /** A custom object of the user's org. */
  readonly assumed: boolean;
}

/** What the sandbox's org is made of. Where it is not strict, any name that ends in `__c` is part of it. */
export interface Catalogue {
  readonly objects: ReadonlyMap<string, SObject>;
  object(name: string): SObject | undefined;
  field(object: SObject, name: string): Field | undefined;
}

/** A line is: name, type, length where the type has one, then `required`, `readOnly`, `external`, `unique`, `=default`. */
const system = `
  Id id readOnly
  IsDeleted boolean readOnly
  CreatedDate datetime readOnly
  CreatedById reference readOnly
  LastModifiedDate datetime readOnly
  LastModifiedById reference readOnly
  SystemModstamp datetime readOnly
  OwnerId reference =005000000000001AAA
  External_Id__c string 255 external unique
  Truedy_Call_Id__c string 255 external unique
  Legacy_Id__c string 40 external`;

const address = (prefix: string) => `
  ${prefix}Street textarea 255
  ${prefix}City string 40
  ${prefix}State string 80
  ${prefix}PostalCode string 20
  ${prefix}Country string 80`;

const person = `
  FirstName string 40
  LastName string 80 required
  Name string 121 readOnly
  Salutation picklist 40
  Title string 128
  Phone phone 40
  MobilePhone phone 40
  Fax phone 40
  Email email 80
  LeadSource picklist 255
  DoNotCall boolean
  HasOptedOutOfEmail boolean
  Description textarea 32000`;

interface Table {
  readonly prefix: string;
  readonly fields: string;
}

const tables: Record<string, Table> = {
  Task: {
    prefix: '00T',
    fields: `
  WhoId reference
  WhatId reference
  AccountId reference readOnly
  Subject string 255
  ActivityDate date
  Status picklist 255 =Not_Started
  Priority picklist 255 =Normal
  IsHighPriority boolean readOnly
  IsClosed boolean readOnly
  IsArchived boolean readOnly
  Description textarea 32000
  Type picklist 40
  TaskSubtype picklist 40
  CallDurationInSeconds int
  CallType picklist 40
  CallDisposition string 255
  CallObject string 255
  IsReminderSet boolean
  ReminderDateTime datetime
  CompletedDateTime datetime readOnly`,
  },
  Contact: {
    prefix: '003',
    fields: `${person}${address('Mailing')}${address('Other')}
  AccountId reference
  ReportsToId reference
  HomePhone phone 40
  OtherPhone phone 40
  AssistantPhone phone 40
  AssistantName string 40
  Department string 80
  Birthdate date`,
  },
  Lead: {
    prefix: '00Q',
    fields: `${person}${address('')}
  Company string 255 required
  Website url 255
  Status picklist 255 =Open_-_Not_Contacted
  Industry picklist 255
  Rating picklist 255
  AnnualRevenue currency
  NumberOfEmployees int
  IsConverted boolean readOnly`,
  },
  Account: {
    prefix: '001',
    fields: `${address('Billing')}${address('Shipping')}
  Name string 255 required
  Type picklist 255
  ParentId reference
  Phone phone 40
  Fax phone 40
  AccountNumber string 40
  Website url 255
  Industry picklist 255
  AnnualRevenue currency
  NumberOfEmployees int
  Rating picklist 255
  Site string 80
  AccountSource picklist 255
  Description textarea 32000`,
  },
  Case: {
    prefix: '500',
    fields: `
  CaseNumber string 30 readOnly
  ContactId reference
  AccountId reference
  ParentId reference
  SuppliedName string 80
  SuppliedEmail email 80
  SuppliedPhone string 40
  SuppliedCompany string 80
  Type picklist 255
  Status picklist 255 =New
  Reason picklist 255
  Origin picklist 255
  Subject string 255
  Priority picklist 255 =Medium
  Description textarea 32000
  IsEscalated boolean
  IsClosed boolean readOnly
  ClosedDate datetime readOnly`,
  },
};

export function createCatalogue(strict: boolean): Catalogue {
  const objects = new Map(
    Object.entries(tables).map(([name, table]) => [name.toLowerCase(), createObject(name, table, false)]),
  );
  const isCustom = (name: string) => !strict && /^\w+__c$/i.test(name);
  return {
    objects,
    object: (name) => {
      const key = name.toLowerCase();
      if (isCustom(name) && !objects.has(key)) {
        const prefix = `a${String(objects.size).padStart(2, '0')}`;
        objects.set(key, createObject(name, { prefix, fields: '\n  Name string 80' }, true));
      }
      return objects.get(key);
    },
    field: (object, name) => {
      const key = name.toLowerCase();
      if (isCustom(name) && !object.fields.has(key)) {
        object.fields.set(key, { ...readField(`${name} string external unique`), assumed: true });
      }
      return object.fields.get(key);
    },
  };
}

function createObject(name: string, { prefix, fields }: Table, assumed: boolean): SObject {
  const lines = `${system}${fields}`.split('\n').filter((line) => line.trim() !== '');
  const all = lines.map((line) => readField(line.trim()));
  return { name, prefix, fields: new Map(all.map((field) => [field.name.toLowerCase(), field])), assumed };
}

function readField(line: string): Field {
  const [name = '', type = '', ...rest] = line.split(' ');
  const fallback = rest.find((word) => word.startsWith('='));
  return {
    name,
    type: type as FieldType,
    length: Number(rest[0]) || 0,
    required: rest.includes('required'),
    readOnly: rest.includes('readOnly'),
    fallback: fallback?.slice(1).replaceAll('_', ' '),
    externalId: rest.includes('external'),
    unique: rest.includes('unique'),
    assumed: false,
  };
}
