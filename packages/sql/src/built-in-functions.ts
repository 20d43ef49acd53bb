import { setOfWords } from './words.js'

/** Functions of PostgreSQL that change no row a result can show: pg_proc of 15.18 without the volatile ones and those
 * for internal use; the volatile ones that are harmless all the same (sequences, advisory locks, sleep, random);
 * what the grammar itself treats as functions; the common read-only ones of uuid-ossp, pgcrypto, pg_trgm, PostGIS. */
export const postgresqlFunctions = setOfWords(`
  current_date current_time current_timestamp localtime localtimestamp
  abbrev abs acos acosd acosh age any_value area array_agg array_dims array_fill array_length array_lower
  array_ndims array_position array_positions array_remove array_replace array_reverse array_sample
  array_shuffle array_sort array_to_json array_to_string array_to_tsvector array_upper ascii asin asind asinh
  atan atan2 atan2d atand atanh avg bernoulli bigint bit bit_and bit_count bit_length bit_or bit_xor bool
  bool_and bool_or boolean bound_box box bpchar broadcast bytea cardinality casefold cash_words cast cbrt
  ceil ceiling center char char_length character character_length chr cidr circle clock_timestamp coalesce
  col_description concat concat_ws convert convert_from convert_to corr cos cosd cosh cot cotd count
  covar_pop covar_samp crc32 crc32c crypt cume_dist current_database current_query current_schema
  current_schemas current_setting current_user currval database_to_xml database_to_xml_and_xmlschema
  database_to_xmlschema date date_bin date_cmp_timestamp date_cmp_timestamptz date_part date_trunc
  datemultirange daterange dec decimal decode degrees dense_rank diagonal diameter digest div double encode
  enum_first enum_last enum_range erf erfc every exp extract factorial family first_value float4 float8 floor
  format format_type gcd gen_random_bytes gen_random_uuid gen_salt generate_series generate_subscripts
  get_bit get_byte get_current_ts_config getdatabaseencoding getpgusername greatest grouping
  has_any_column_privilege has_column_privilege has_database_privilege has_foreign_data_wrapper_privilege
  has_function_privilege has_language_privilege has_parameter_privilege has_schema_privilege
  has_sequence_privilege has_server_privilege has_table_privilege has_tablespace_privilege has_type_privilege
  height hmac host hostmask inet inet_client_addr inet_client_port inet_merge inet_same_family
  inet_server_addr inet_server_port initcap int2 int4 int4multirange int4range int8 int8multirange int8range
  integer interval is_normalized isclosed isempty isfinite ishorizontal isopen isparallel isperp isvertical
  json json_agg json_array json_array_elements json_array_elements_text json_array_length json_arrayagg
  json_build_array json_build_object json_each json_each_text json_exists json_object json_object_agg
  json_object_keys json_objectagg json_populate_record json_populate_recordset json_query json_scalar
  json_serialize json_strip_nulls json_table json_to_record json_to_recordset json_to_tsvector json_typeof
  json_value jsonb jsonb_agg jsonb_array_elements jsonb_array_elements_text jsonb_array_length
  jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_insert jsonb_object jsonb_object_agg
  jsonb_object_keys jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz
  jsonb_path_query jsonb_path_query_array jsonb_path_query_array_tz jsonb_path_query_first
  jsonb_path_query_first_tz jsonb_path_query_tz jsonb_populate_record jsonb_populate_recordset jsonb_pretty
  jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_to_tsvector jsonb_typeof
  justify_days justify_hours justify_interval lag last_value lastval lcm lead least left length like line ln
  log log10 lower lower_inc lower_inf lpad lseg ltrim macaddr macaddr8 macaddr8_set7bit make_date
  make_interval make_time make_timestamp make_timestamptz makeaclitem masklen max md5 merge_action min
  min_scale mod mode money multirange mxid_age name national nchar netmask network nextval normalize now
  npoints nth_value ntile nullif num_nonnulls num_nulls numeric nummultirange numnode numrange
  obj_description octet_length oid oidvectortypes overlaps overlay parse_ident path percent_rank
  percentile_cont percentile_disc pg_advisory_lock pg_advisory_lock_shared pg_advisory_unlock
  pg_advisory_unlock_all pg_advisory_unlock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared
  pg_available_extension_versions pg_available_extensions pg_backend_pid pg_blocking_pids pg_cancel_backend
  pg_char_to_encoding pg_client_encoding pg_collation_for pg_collation_is_visible pg_column_compression
  pg_column_is_updatable pg_column_size pg_conf_load_time pg_config pg_conversion_is_visible
  pg_current_snapshot pg_current_wal_flush_lsn pg_current_wal_insert_lsn pg_current_wal_lsn
  pg_current_xact_id pg_current_xact_id_if_assigned pg_cursor pg_database_size pg_describe_object
  pg_encoding_max_length pg_encoding_to_char pg_export_snapshot pg_extension_update_paths
  pg_filenode_relation pg_function_is_visible pg_get_catalog_foreign_keys pg_get_constraintdef pg_get_expr
  pg_get_function_arg_default pg_get_function_arguments pg_get_function_identity_arguments
  pg_get_function_result pg_get_function_sqlbody pg_get_functiondef pg_get_indexdef pg_get_keywords
  pg_get_object_address pg_get_partition_constraintdef pg_get_partkeydef pg_get_publication_tables
  pg_get_replica_identity_index pg_get_ruledef pg_get_serial_sequence pg_get_statisticsobjdef
  pg_get_statisticsobjdef_columns pg_get_statisticsobjdef_expressions pg_get_triggerdef pg_get_userbyid
  pg_get_viewdef pg_has_role pg_identify_object pg_identify_object_as_address pg_index_column_has_property
  pg_index_has_property pg_indexam_has_property pg_indexam_progress_phasename pg_indexes_size
  pg_is_in_recovery pg_is_other_temp_schema pg_last_wal_receive_lsn pg_last_wal_replay_lsn
  pg_last_xact_replay_timestamp pg_listening_channels pg_lock_status pg_lsn pg_my_temp_schema
  pg_notification_queue_usage pg_notify pg_opclass_is_visible pg_operator_is_visible pg_opfamily_is_visible
  pg_options_to_table pg_partition_ancestors pg_partition_root pg_partition_tree pg_postmaster_start_time
  pg_prepared_statement pg_relation_filenode pg_relation_filepath pg_relation_is_publishable
  pg_relation_is_updatable pg_relation_size pg_sequence_last_value pg_sequence_parameters
  pg_settings_get_flags pg_show_all_file_settings pg_show_all_settings pg_size_bytes pg_size_pretty pg_sleep
  pg_sleep_for pg_sleep_until pg_snapshot_xip pg_snapshot_xmax pg_snapshot_xmin pg_stat_clear_snapshot
  pg_stat_reset pg_statistics_obj_is_visible pg_table_is_visible pg_table_size pg_tablespace_databases
  pg_tablespace_location pg_tablespace_size pg_terminate_backend pg_timezone_abbrevs pg_timezone_names
  pg_total_relation_size pg_trigger_depth pg_try_advisory_lock pg_try_advisory_lock_shared
  pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared pg_ts_config_is_visible pg_ts_dict_is_visible
  pg_ts_parser_is_visible pg_ts_template_is_visible pg_type_is_visible pg_typeof pg_visible_in_snapshot
  pg_wal_lsn_diff pg_walfile_name pg_walfile_name_offset pg_xact_commit_timestamp pg_xact_status
  pgp_sym_decrypt pgp_sym_encrypt phraseto_tsquery pi plainto_tsquery point polygon position pow power
  querytree quote_ident quote_literal quote_nullable radians radius random random_normal range_agg
  range_intersect_agg range_merge rank real regclass regexp_count regexp_instr regexp_like regexp_match
  regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr regr_avgx regr_avgy
  regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy repeat replace reverse right round
  row_number row_security_active row_to_json rpad rtrim scale schema_to_xml schema_to_xml_and_xmlschema
  schema_to_xmlschema session_user set_bit set_byte set_config set_masklen setseed setval setweight sha224
  sha256 sha384 sha512 shobj_description sign similarity sin sind sinh slope smallint split_part sqrt
  st_asgeojson st_astext st_contains st_distance st_dwithin st_geomfromtext st_intersects st_makepoint
  st_setsrid st_within st_x st_y statement_timestamp stddev stddev_pop stddev_samp strict_word_similarity
  string_agg string_to_array string_to_table strip strpos substr substring sum system table_to_xml
  table_to_xml_and_xmlschema table_to_xmlschema tan tand tanh text time timeofday timestamp
  timestamp_cmp_date timestamp_cmp_timestamptz timestamptz timestamptz_cmp_date timestamptz_cmp_timestamp
  timetz timezone to_ascii to_bin to_char to_date to_hex to_json to_jsonb to_number to_oct to_regclass
  to_regcollation to_regnamespace to_regoper to_regoperator to_regproc to_regprocedure to_regrole to_regtype
  to_timestamp to_tsquery to_tsvector transaction_timestamp translate treat trim trim_array trim_scale trunc
  ts_debug ts_delete ts_filter ts_headline ts_lexize ts_parse ts_rank ts_rank_cd ts_token_type tsmultirange
  tsquery tsquery_phrase tsrange tstzmultirange tstzrange tsvector tsvector_to_array txid_current
  txid_current_if_assigned txid_current_snapshot txid_snapshot_xip txid_snapshot_xmax txid_snapshot_xmin
  txid_status txid_visible_in_snapshot unaccent unicode_assigned unistr unnest upper upper_inc upper_inf uuid
  uuid_extract_timestamp uuid_extract_version uuid_generate_v1 uuid_generate_v4 uuidv4 uuidv7 var_pop
  var_samp varbit varchar variance varying version websearch_to_tsquery width width_bucket word_similarity
  xid xml xml_is_well_formed xml_is_well_formed_content xml_is_well_formed_document xmlagg xmlattributes
  xmlcomment xmlconcat xmlconcat2 xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
  xmlserialize xmltable xmlvalidate xpath xpath_exists
`)

/** Functions of MySQL 8 and MariaDB 10.11 (information_schema.sql_functions) that change no row. */
export const mysqlFunctions = setOfWords(`
  ascii avg charset current_role
  current_date current_time current_timestamp localtime localtimestamp
  abs acos add_months adddate addtime aes_decrypt aes_encrypt against any_value asin atan atan2 benchmark
  bigint bin bin_to_uuid binary binlog_gtid_pos bit bit_and bit_count bit_length bit_or bit_xor
  can_access_table cast ceil ceiling char char_length character character_length chr coalesce coercibility
  collation column_check column_exists column_json column_list compress concat concat_operator_oracle
  concat_ws connection_id conv convert convert_tz cos cot count crc32 crc32c cume_dist curdate current_date
  current_time current_timestamp current_user curtime database date date_add date_format date_sub datediff
  datetime day dayname dayofmonth dayofweek dayofyear dec decimal decode decode_oracle degrees dense_rank
  des_decrypt des_encrypt double elt encode encrypt enum exp export_set extract extractvalue field
  find_in_set first_value float floor format format_bytes format_pico_time found_rows from_base64 from_days
  from_unixtime get_format get_lock greatest group_concat grouping gtid_subset gtid_subtract hex hour
  icu_version if ifnull inet6_aton inet6_ntoa inet_aton inet_ntoa insert instr int integer interval
  is_free_lock is_ipv4 is_ipv4_compat is_ipv4_mapped is_ipv6 is_used_lock is_uuid isnull json_array
  json_array_append json_array_insert json_arrayagg json_compact json_contains json_contains_path json_depth
  json_detailed json_equals json_exists json_extract json_insert json_keys json_length json_loose json_merge
  json_merge_patch json_merge_preserve json_normalize json_object json_objectagg json_overlaps json_pretty
  json_query json_quote json_remove json_replace json_schema_valid json_search json_set json_storage_free
  json_storage_size json_table json_type json_unquote json_valid json_value lag last_day last_insert_id
  lastval lcase lead least left length lengthb linestring ln localtime localtimestamp locate log log10 log2
  lower lpad lpad_oracle ltrim ltrim_oracle make_set makedate maketime master_gtid_wait master_pos_wait match
  max mbrcontains md5 median mediumint member microsecond mid min minute mod month monthname name_const
  natural_sort_key nchar nextval now nth_value ntile nullif numeric nvl nvl2 oct octet_length old_password
  ord password percent_rank percentile_cont percentile_disc period_add period_diff pi point polygon position
  pow power ps_current_thread_id quarter quote radians rand random_bytes rank regexp_instr regexp_like
  regexp_replace regexp_substr release_all_locks release_lock repeat replace replace_oracle reverse right
  roles_graphml round row_count row_number rpad rpad_oracle rtrim rtrim_oracle schema schemas sec_to_time
  second session_user set setval sformat sha sha1 sha2 sign signed sin sleep smallint soundex space sqrt
  st_asgeojson st_astext st_contains st_distance st_distance_sphere st_geomfromtext st_intersects st_within
  st_x st_y statement_digest statement_digest_text std stddev stddev_pop stddev_samp str_to_date strcmp
  subdate substr substr_oracle substring substring_index subtime sum sys_guid system_user tan text time
  time_format time_to_sec timediff timestamp timestampadd timestampdiff tinyint to_base64 to_char to_days
  to_seconds trim trim_oracle truncate ucase uncompress uncompressed_length unhex unix_timestamp unsigned
  updatexml upper user utc_date utc_time utc_timestamp uuid uuid_short uuid_to_bin validate_password_strength
  values var_pop var_samp varbinary varchar variance vec_distance vec_distance_cosine vec_distance_euclidean
  vec_fromtext vec_totext version wait_for_executed_gtid_set week weekday weekofyear weight_string
  wsrep_last_seen_gtid wsrep_last_written_gtid wsrep_sync_wait_upto_gtid year year_month yearweek
`)

/** Functions of SQLite 3.53 (pragma_function_list) that change no row; load_extension and fts3_tokenizer are left out. */
export const sqliteFunctions = setOfWords(`
  current_date current_time current_timestamp localtime localtimestamp
  abs acos acosh asin asinh atan atan2 atanh avg bm25 boolean bytecode cast ceil ceiling changes char
  character coalesce concat concat_ws cos cosh count cume_dist date datetime dbstat decimal degrees
  dense_rank double exp first_value float floor format fts5_source_id generate_series geopoly_area
  geopoly_bbox geopoly_blob geopoly_ccw geopoly_contains_point geopoly_json geopoly_overlap geopoly_regular
  geopoly_svg geopoly_within geopoly_xform glob group_concat hex highlight if ifnull iif instr int integer
  json json_array json_array_insert json_array_length json_each json_error_position json_extract
  json_group_array json_group_object json_insert json_object json_patch json_pretty json_quote json_remove
  json_replace json_set json_tree json_type json_valid jsonb jsonb_array_insert jsonb_each jsonb_extract
  jsonb_group_array jsonb_group_object jsonb_insert jsonb_object jsonb_patch jsonb_remove jsonb_replace
  jsonb_set jsonb_tree julianday lag last_insert_rowid last_value lead length like likelihood likely ln log
  log10 log2 lower ltrim match matchinfo max median min mod nchar nth_value ntile nullif numeric nvarchar
  octet_length offsets percent_rank percentile percentile_cont percentile_disc pi pow power printf quote
  radians raise random randomblob rank real regexp replace round row_number rtreecheck rtreedepth rtreenode
  rtrim sign sin sinh snippet soundex sqlite_compileoption_get sqlite_compileoption_used sqlite_log
  sqlite_source_id sqlite_stmt sqlite_version sqrt strftime string_agg substr substring subtype sum
  tables_used tan tanh text time timediff total total_changes trim trunc typeof unhex unicode unistr
  unistr_quote unixepoch unlikely upper uuid varchar zeroblob
`)
