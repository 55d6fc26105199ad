// The JSON Schemas of what programs read, by the names that `meshdoc explain` has for them.
import doctor from '../doctor/doctor.schema.json' with { type: 'json' };
import comparison from '../report/comparison.schema.json' with { type: 'json' };
import diagnosis from '../report/diagnosis.schema.json' with { type: 'json' };

export const schemas: Readonly<Record<string, object>> = {
  json: diagnosis,
  // A comparison holds diagnoses: their parts are in the one file.
  'json/compare': { ...comparison, $defs: { ...diagnosis.$defs, ...comparison.$defs } },
  'json/doctor': doctor,
};
