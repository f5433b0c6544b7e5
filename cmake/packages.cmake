# SPDX-License-Identifier: Apache-2.0
# Installation paths and Debian packages (deploy/debian/README.md). Run cpack in the build folder.
set(source ${PROJECT_SOURCE_DIR}/deploy)

# For `cmake --install` and for packages.
install(TARGETS trunkline COMPONENT trunkline RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS trunkline-gateway COMPONENT trunkline-gateway RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS trunkline-worker COMPONENT trunkline-worker RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
file(GLOB schema_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/schema/*.sql)
install(FILES ${schema_files} COMPONENT trunkline DESTINATION ${CMAKE_INSTALL_DATADIR}/trunkline/schema)
install(FILES ${source}/redis.conf ${source}/redis-users.conf ${source}/postgresql.conf ${source}/nginx.conf
  COMPONENT trunkline DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/trunkline/examples)
install(FILES ${source}/prometheus/alerts.yml ${source}/prometheus/prometheus.yml COMPONENT trunkline
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/trunkline/examples/prometheus)
# All pages, because they link to each other and the alerts link to docs/runbook.md.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ COMPONENT trunkline DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/trunkline/docs
  PATTERN *.dot EXCLUDE)

# packaged(package destination files...): for Debian packages only, because the units name /usr/bin.
function(packaged package destination)
  install(FILES ${ARGN} COMPONENT ${package} DESTINATION ${destination} EXCLUDE_FROM_ALL)
endfunction()
function(packaged_private package destination)
  install(FILES ${ARGN} COMPONENT ${package} DESTINATION ${destination} EXCLUDE_FROM_ALL
    PERMISSIONS OWNER_READ OWNER_WRITE)
endfunction()

set(units /lib/systemd/system)
packaged(trunkline ${units} ${source}/systemd/trunkline-exporter.service)
packaged(trunkline-gateway ${units} ${source}/systemd/trunkline-gateway.service ${source}/systemd/trunkline-gateway.socket)
packaged(trunkline-worker ${units} ${source}/systemd/trunkline-worker@.service ${source}/systemd/trunkline-workers.target)
packaged(trunkline /etc/trunkline ${source}/debian/trunkline.toml)
packaged_private(trunkline /etc/trunkline ${source}/debian/exporter.env)
packaged_private(trunkline-gateway /etc/trunkline ${source}/debian/gateway.env)
packaged_private(trunkline-worker /etc/trunkline ${source}/debian/worker.env)

set(changelog ${CMAKE_BINARY_DIR}/generated/changelog.gz)
add_custom_command(OUTPUT ${changelog} DEPENDS ${PROJECT_SOURCE_DIR}/CHANGELOG.md VERBATIM
  COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/CHANGELOG.md > ${changelog})
add_custom_target(changelog ALL DEPENDS ${changelog})
foreach(package trunkline trunkline-gateway trunkline-worker)
  packaged(${package} /usr/share/doc/${package} ${source}/debian/copyright ${changelog})
endforeach()

# maintainer_scripts(package user service socket-or-target private-files conffiles): configures the scripts that dpkg runs,
# in one folder per package.
function(maintainer_scripts PACKAGE SERVICE_USER SERVICE COMPANION PRIVATE_FILES conffiles)
  set(folder ${CMAKE_BINARY_DIR}/generated/debian/${PACKAGE})
  foreach(SCRIPT postinst prerm postrm)
    configure_file(${source}/debian/maintainer.sh.in ${folder}/${SCRIPT} @ONLY
      FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  endforeach()
  list(JOIN conffiles "\n" lines)
  file(WRITE ${folder}/conffiles "${lines}\n")
  string(TOUPPER ${PACKAGE} name)
  set(CPACK_DEBIAN_${name}_PACKAGE_CONTROL_EXTRA
    "${folder}/postinst;${folder}/prerm;${folder}/postrm;${folder}/conffiles" PARENT_SCOPE)
  set(CPACK_DEBIAN_${name}_PACKAGE_CONTROL_STRICT_PERMISSION ON PARENT_SCOPE)
  set(CPACK_DEBIAN_${name}_PACKAGE_NAME ${PACKAGE} PARENT_SCOPE)
endfunction()

maintainer_scripts(trunkline trunkline-exporter trunkline-exporter.service "" /etc/trunkline/exporter.env
  "/etc/trunkline/trunkline.toml;/etc/trunkline/exporter.env")
maintainer_scripts(trunkline-gateway trunkline-gateway trunkline-gateway.service trunkline-gateway.socket
  "/etc/trunkline/gateway.env /etc/trunkline/signing-keys" /etc/trunkline/gateway.env)
maintainer_scripts(trunkline-worker trunkline-worker "trunkline-worker@*.service" trunkline-workers.target
  /etc/trunkline/worker.env /etc/trunkline/worker.env)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR Trunkline)
set(CPACK_PACKAGE_CONTACT "Trunkline maintainers <maintainers@trunkline.invalid>")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL trunkline trunkline-gateway trunkline-worker)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_TRUNKLINE_DESCRIPTION "operator's program of Trunkline
 Inspects and controls a Trunkline installation, a durable ingest pipeline for
 OpenPhone (Quo) webhooks: schema, queue, dead letters, test deliveries,
 metrics of the queue.")
set(CPACK_DEBIAN_TRUNKLINE-GATEWAY_DESCRIPTION "durable gateway for OpenPhone (Quo) webhooks
 Verifies the signature of each delivery, appends it to a Redis stream and
 responds when it is on disk. Runs behind a TLS front such as nginx.")
set(CPACK_DEBIAN_TRUNKLINE-WORKER_DESCRIPTION "applies OpenPhone (Quo) webhooks to PostgreSQL
 Reads deliveries from the Redis stream and applies them idempotently, in any
 order, with retries and dead letters. Any number of workers may run.")
set(CPACK_DEBIAN_TRUNKLINE-GATEWAY_PACKAGE_RECOMMENDS trunkline)
set(CPACK_DEBIAN_TRUNKLINE-WORKER_PACKAGE_RECOMMENDS trunkline)
include(CPack)
